!> The number that a text spells; any other text is an error.
pure function parse_integer(text) result(number)
  character(len=*), intent(in) :: text
  integer(int64) :: number
  character(len=:), allocatable :: digits
  integer :: status

  digits = trim(adjustl(text))
  if (len(digits) > 1 .and. scan(digits, "+-") == 1) digits = digits(2:)
  if (len(digits) == 0 .or. verify(digits, "0123456789") > 0) error stop "not an integer"
  read (text, *, iostat=status) number
  if (status /= 0) error stop "not an integer"
end function parse_integer
