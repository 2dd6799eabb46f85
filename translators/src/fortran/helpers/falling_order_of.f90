!> The positions of the keys from high to low, equal keys in their old order.
pure function falling_order_of(keys) result(order)
  type(element), intent(in) :: keys(:)
  integer, allocatable :: order(:)
  integer :: held, i, j

  order = [(i, i = 1, size(keys))]
  do i = 2, size(keys)
    held = order(i)
    j = i - 1
    do while (j >= 1)
      if (.not. keys(order(j)) < keys(held)) exit
      order(j + 1) = order(j)
      j = j - 1
    end do
    order(j + 1) = held
  end do
end function falling_order_of
