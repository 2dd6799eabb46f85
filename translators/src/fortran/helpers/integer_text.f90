!> The number in decimal digits.
pure function integer_text(number) result(text)
  integer(int64), intent(in) :: number
  character(len=:), allocatable :: text
  character(len=20) :: digits

  write (digits, "(i0)") number
  text = trim(digits)
end function integer_text
