!> The position of the first of the lowest items, 0 where there are none.
pure function least(items) result(position)
  type(element), intent(in) :: items(:)
  integer :: position
  integer :: i

  position = min(1, size(items))
  do i = 2, size(items)
    if (items(i) < items(position)) position = i
  end do
end function least
