!> The parts between separators.
pure function split_text(text, separator) result(parts)
  character(len=*), intent(in) :: text, separator
  type(string), allocatable :: parts(:)
  integer :: start, length

  if (len(separator) == 0) error stop "an empty separator"
  parts = [string ::]
  start = 1
  do
    length = index(text(start:), separator) - 1
    if (length < 0) exit
    parts = [parts, string(text(start:start + length - 1))]
    start = start + length + len(separator)
  end do
  parts = [parts, string(text(start:))]
end function split_text
