!> The text without the given characters at its beginning.
pure function left_stripped(text, unwanted) result(inner)
  character(len=*), intent(in) :: text, unwanted
  character(len=:), allocatable :: inner
  integer :: start

  start = verify(text, unwanted)
  if (start == 0) start = len(text) + 1
  inner = text(start:)
end function left_stripped
