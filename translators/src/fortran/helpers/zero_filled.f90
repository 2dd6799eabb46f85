!> The text with zeros in front, behind a sign, up to a width.
pure function zero_filled(text, width) result(filled)
  character(len=*), intent(in) :: text
  integer(int64), intent(in) :: width
  character(len=:), allocatable :: filled
  integer :: sign_length

  sign_length = merge(1, 0, scan(text, "+-") == 1)
  filled = text(:sign_length) // repeat("0", max(0_int64, width - len(text))) // text(sign_length + 1:)
end function zero_filled
