!> The parts between separators, split at most limit times from the right.
pure function split_text_right(text, separator, limit) result(parts)
  character(len=*), intent(in) :: text, separator
  integer(int64), intent(in) :: limit
  type(string), allocatable :: parts(:)
  integer :: start, finish

  if (len(separator) == 0) error stop "an empty separator"
  parts = [string ::]
  finish = len(text)
  do while (limit < 0 .or. size(parts) < limit)
    start = index(text(:finish), separator, back=.true.)
    if (start == 0) exit
    parts = [string(text(start + len(separator):finish)), parts]
    finish = start - 1
  end do
  parts = [string(text(:finish)), parts]
end function split_text_right
