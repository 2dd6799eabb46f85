!> Whether left comes before right in the order of character codes, a beginning before the whole.
elemental function text_precedes(left, right) result(precedes)
  character(len=*), intent(in) :: left, right
  logical :: precedes
  integer :: shorter

  shorter = min(len(left), len(right))
  if (left(:shorter) == right(:shorter)) then
    precedes = len(left) < len(right)
  else
    precedes = left(:shorter) < right(:shorter)
  end if
end function text_precedes
