!> How often part occurs in text, without overlaps.
pure function occurrences(text, part) result(number)
  character(len=*), intent(in) :: text, part
  integer :: number
  integer :: start, offset

  number = 0
  start = 1
  if (len(part) == 0) number = len(text) + 1
  do while (len(part) > 0)
    offset = index(text(start:), part)
    if (offset == 0) exit
    number = number + 1
    start = start + offset - 1 + len(part)
  end do
end function occurrences
