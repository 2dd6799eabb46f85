!> The text without the given characters at its ends.
pure function stripped(text, unwanted) result(inner)
  character(len=*), intent(in) :: text, unwanted
  character(len=:), allocatable :: inner

  inner = text(:verify(text, unwanted, back=.true.))
  if (len(inner) > 0) inner = inner(verify(inner, unwanted):)
end function stripped
