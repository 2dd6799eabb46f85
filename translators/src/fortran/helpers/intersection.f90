!> The members that both sets have.
pure function intersection(left, right) result(shared)
  type(element), intent(in) :: left(:), right(:)
  type(element), allocatable :: shared(:)
  integer :: i

  shared = pack(left, [(any(right == left(i)), i = 1, size(left))])
end function intersection
