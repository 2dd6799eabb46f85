!> The number with so many digits behind the point.
pure function fixed_text(number, places) result(text)
  real(real64), intent(in) :: number
  integer, intent(in) :: places
  character(len=:), allocatable :: text
  character(len=400) :: buffer
  character(len=32) :: layout

  write (layout, "(a, i0, a)") "(f400.", places, ")"
  write (buffer, layout) number
  text = trim(adjustl(buffer))
  if (places == 0) text = text(:len(text) - 1)
end function fixed_text
