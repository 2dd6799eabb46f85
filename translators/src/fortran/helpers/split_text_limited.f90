!> The parts between separators, split at most limit times from the left.
pure function split_text_limited(text, separator, limit) result(parts)
  character(len=*), intent(in) :: text, separator
  integer(int64), intent(in) :: limit
  type(string), allocatable :: parts(:)
  integer :: start, length

  if (len(separator) == 0) error stop "an empty separator"
  parts = [string ::]
  start = 1
  do while (limit < 0 .or. size(parts) < limit)
    length = index(text(start:), separator) - 1
    if (length < 0) exit
    parts = [parts, string(text(start:start + length - 1))]
    start = start + length + len(separator)
  end do
  parts = [parts, string(text(start:))]
end function split_text_limited
