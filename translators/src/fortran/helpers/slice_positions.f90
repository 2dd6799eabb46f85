!> The positions, counted from 1, of the items that a slice with a step takes.
pure function slice_positions(length, step, start, stop) result(positions)
  integer, intent(in) :: length
  integer(int64), intent(in) :: step
  integer(int64), intent(in), optional :: start, stop
  integer(int64), allocatable :: positions(:)
  integer(int64) :: lowest, highest, first, last, i

  if (step == 0) error stop "a slice with step 0"
  lowest = merge(0_int64, -1_int64, step > 0)
  highest = lowest + length
  first = merge(lowest, highest, step > 0)
  last = merge(highest, lowest, step > 0)
  if (present(start)) first = max(lowest, min(highest, start + merge(length, 0, start < 0)))
  if (present(stop)) last = max(lowest, min(highest, stop + merge(length, 0, stop < 0)))
  positions = [(i + 1, i = first, last - sign(1_int64, step), step)]
end function slice_positions
