!> The text with the first occurrences of old, so many at most, replaced by new.
pure function replaced_times(text, old, new, limit) result(changed)
  character(len=*), intent(in) :: text, old, new
  integer(int64), intent(in) :: limit
  character(len=:), allocatable :: changed
  integer :: start, offset, times

  if (len(old) == 0) error stop "a replacement of empty text"
  changed = ""
  start = 1
  times = 0
  do while (limit < 0 .or. times < limit)
    offset = index(text(start:), old)
    if (offset == 0) exit
    changed = changed // text(start:start + offset - 2) // new
    start = start + offset - 1 + len(old)
    times = times + 1
  end do
  changed = changed // text(start:)
end function replaced_times
