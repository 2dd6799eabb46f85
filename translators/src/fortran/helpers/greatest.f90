!> The position of the first of the highest items, 0 where there are none.
pure function greatest(items) result(position)
  type(element), intent(in) :: items(:)
  integer :: position
  integer :: i

  position = min(1, size(items))
  do i = 2, size(items)
    if (items(position) < items(i)) position = i
  end do
end function greatest
