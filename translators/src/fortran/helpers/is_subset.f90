!> Whether each member of the first set is one of the second.
pure function is_subset(part, whole) result(holds)
  type(element), intent(in) :: part(:), whole(:)
  logical :: holds
  integer :: i

  holds = .true.
  do i = 1, size(part)
    holds = any(whole == part(i))
    if (.not. holds) return
  end do
end function is_subset
