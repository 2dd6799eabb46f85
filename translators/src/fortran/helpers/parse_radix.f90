!> The number that a text spells in a base; any other text is an error.
pure function parse_radix(text, base) result(number)
  character(len=*), intent(in) :: text
  integer(int64), intent(in) :: base
  integer(int64) :: number
  character(len=*), parameter :: symbols = "0123456789abcdefghijklmnopqrstuvwxyz"
  character(len=:), allocatable :: digits
  integer :: i, digit

  digits = lower_case(trim(adjustl(text)))
  if (scan(digits, "+-") == 1) digits = digits(2:)
  if (base == 2 .and. index(digits, "0b") == 1) digits = digits(3:)
  if (base == 8 .and. index(digits, "0o") == 1) digits = digits(3:)
  if (base == 16 .and. index(digits, "0x") == 1) digits = digits(3:)
  if (len(digits) == 0) error stop "not a number in this base"
  number = 0
  do i = 1, len(digits)
    digit = index(symbols(:base), digits(i:i)) - 1
    if (digit < 0) error stop "not a number in this base"
    number = number * base + digit
  end do
  if (index(adjustl(text), "-") == 1) number = -number
end function parse_radix
