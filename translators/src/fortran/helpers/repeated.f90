!> The items so many times over.
pure function repeated(items, times) result(all_items)
  type(element), intent(in) :: items(:)
  integer(int64), intent(in) :: times
  type(element), allocatable :: all_items(:)
  integer(int64) :: i

  all_items = items(:0)
  do i = 1, times
    all_items = [all_items, items]
  end do
end function repeated
