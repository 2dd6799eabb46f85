!> The text with fill characters behind, up to a width.
pure function padded_right(text, width, fill) result(padded)
  character(len=*), intent(in) :: text
  integer(int64), intent(in) :: width
  character(len=1), intent(in) :: fill
  character(len=:), allocatable :: padded

  padded = text // repeat(fill, max(0_int64, width - len(text)))
end function padded_right
