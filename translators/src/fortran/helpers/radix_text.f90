!> The digits of a number in a base up to 16, behind a prefix and a sign where it is negative.
pure function radix_text(number, base, prefix) result(text)
  integer(int64), intent(in) :: number
  integer, intent(in) :: base
  character(len=*), intent(in) :: prefix
  character(len=:), allocatable :: text
  integer(int64) :: rest
  integer :: digit

  text = ""
  rest = abs(number)
  do
    digit = int(mod(rest, int(base, int64)))
    text = "0123456789abcdef"(digit + 1:digit + 1) // text
    rest = rest / base
    if (rest == 0) exit
  end do
  text = prefix // text
  if (number < 0) text = "-" // text
end function radix_text
