!> The items without repeats, in order of first occurrence.
pure function distinct(items) result(members)
  type(element), intent(in) :: items(:)
  type(element), allocatable :: members(:)
  integer :: i

  members = items(:0)
  do i = 1, size(items)
    if (.not. any(members == items(i))) members = [members, items(i)]
  end do
end function distinct
