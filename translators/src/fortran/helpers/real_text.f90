!> The shortest decimal text that reads back as the same number.
pure function real_text(number) result(text)
  real(real64), intent(in) :: number
  character(len=:), allocatable :: text, digits
  character(len=32) :: buffer, layout
  real(real64) :: again
  integer :: places, exponent, mark

  if (abs(number) > huge(number)) then
    text = "inf"
    if (number < 0) text = "-inf"
    return
  else if (.not. abs(number) <= huge(number)) then
    text = "nan"
    return
  end if
  do places = 0, 16
    write (layout, "(a, i0, a)") "(es32.", places, "e3)"
    write (buffer, layout) number
    read (buffer, *) again
    if (abs(again - number) <= 0) exit
  end do
  buffer = adjustl(buffer)
  mark = index(buffer, "E")
  read (buffer(mark + 1:), *) exponent
  text = ""
  if (buffer(1:1) == "-") text = "-"
  digits = buffer(scan(buffer, "0123456789"):mark - 1)
  digits = digits(1:1) // digits(3:)
  if (exponent < -4 .or. exponent >= 16) then
    text = text // digits(1:1)
    if (len(digits) > 1) text = text // "." // digits(2:)
    write (buffer, "(sp, i0.2)") exponent
    text = text // "e" // trim(buffer)
  else if (exponent < 0) then
    text = text // "0." // repeat("0", -exponent - 1) // digits
  else if (len(digits) <= exponent + 1) then
    text = text // digits // repeat("0", exponent + 1 - len(digits)) // ".0"
  else
    text = text // digits(:exponent + 1) // "." // digits(exponent + 2:)
  end if
end function real_text
