!> The members of the first set that the second lacks.
pure function difference(left, right) result(rest)
  type(element), intent(in) :: left(:), right(:)
  type(element), allocatable :: rest(:)
  integer :: i

  rest = pack(left, [(.not. any(right == left(i)), i = 1, size(left))])
end function difference
