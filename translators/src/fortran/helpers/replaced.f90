!> The text with each occurrence of old replaced by new, from left to right.
pure function replaced(text, old, new) result(changed)
  character(len=*), intent(in) :: text, old, new
  character(len=:), allocatable :: changed
  integer :: start, offset

  if (len(old) == 0) error stop "a replacement of empty text"
  changed = ""
  start = 1
  do
    offset = index(text(start:), old)
    if (offset == 0) exit
    changed = changed // text(start:start + offset - 2) // new
    start = start + offset - 1 + len(old)
  end do
  changed = changed // text(start:)
end function replaced
