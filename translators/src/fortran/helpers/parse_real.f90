!> The number that a text spells; any other text is an error.
pure function parse_real(text) result(number)
  character(len=*), intent(in) :: text
  real(real64) :: number
  integer :: status

  if (verify(trim(adjustl(text)), "+-.0123456789eE") > 0) error stop "not a number"
  read (text, *, iostat=status) number
  if (status /= 0) error stop "not a number"
end function parse_real
