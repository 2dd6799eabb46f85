!> The number rounded to so many decimals.
pure function round_to(x, places) result(rounded)
  real(real64), intent(in) :: x
  integer, intent(in) :: places
  real(real64) :: rounded
  character(len=400) :: buffer
  character(len=32) :: layout

  write (layout, "(a, i0, a)") "(f400.", places, ")"
  write (buffer, layout) x
  read (buffer, *) rounded
end function round_to
