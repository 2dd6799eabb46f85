!> The items from low to high.
pure function sorted(items) result(ordered)
  type(element), intent(in) :: items(:)
  type(element), allocatable :: ordered(:)
  type(element) :: held
  integer :: i, j

  ordered = items
  do i = 2, size(ordered)
    held = ordered(i)
    j = i - 1
    do while (j >= 1)
      if (.not. held < ordered(j)) exit
      ordered(j + 1) = ordered(j)
      j = j - 1
    end do
    ordered(j + 1) = held
  end do
end function sorted
