!> The text in the middle of a width, with fill characters around it.
pure function centered(text, width, fill) result(padded)
  character(len=*), intent(in) :: text
  integer(int64), intent(in) :: width
  character(len=1), intent(in) :: fill
  character(len=:), allocatable :: padded
  integer(int64) :: missing, before

  missing = max(0_int64, width - len(text))
  before = missing / 2 + iand(iand(missing, width), 1_int64)
  padded = repeat(fill, before) // text // repeat(fill, missing - before)
end function centered
