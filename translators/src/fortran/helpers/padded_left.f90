!> The text with fill characters in front, up to a width.
pure function padded_left(text, width, fill) result(padded)
  character(len=*), intent(in) :: text
  integer(int64), intent(in) :: width
  character(len=1), intent(in) :: fill
  character(len=:), allocatable :: padded

  padded = repeat(fill, max(0_int64, width - len(text))) // text
end function padded_left
