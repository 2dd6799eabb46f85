!> The members that both sets have.
pure function intersection(left, right) result(common)
  type(element), intent(in) :: left(:), right(:)
  type(element), allocatable :: common(:)
  integer :: i

  common = pack(left, [(any(right == left(i)), i = 1, size(left))])
end function intersection
