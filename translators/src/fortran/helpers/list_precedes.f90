!> Whether the first list comes before the second, item by item, a beginning before the whole.
pure function list_precedes(left, right) result(precedes)
  type(element), intent(in) :: left(:), right(:)
  logical :: precedes
  integer :: i

  do i = 1, min(size(left), size(right))
    if (left(i) == right(i)) cycle
    precedes = left(i) < right(i)
    return
  end do
  precedes = size(left) < size(right)
end function list_precedes
