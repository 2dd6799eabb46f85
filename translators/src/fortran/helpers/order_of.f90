!> The positions of the keys from low to high, equal keys in their old order.
pure function order_of(keys) result(order)
  type(element), intent(in) :: keys(:)
  integer, allocatable :: order(:)
  integer :: held, i, j

  order = [(i, i = 1, size(keys))]
  do i = 2, size(keys)
    held = order(i)
    j = i - 1
    do while (j >= 1)
      if (.not. keys(held) < keys(order(j))) exit
      order(j + 1) = order(j)
      j = j - 1
    end do
    order(j + 1) = held
  end do
end function order_of
