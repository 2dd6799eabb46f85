!> The nearest integer, of two equally near ones the even one.
elemental function round_half_even(x) result(rounded)
  real(real64), intent(in) :: x
  integer(int64) :: rounded

  rounded = nint(x, int64)
  if (abs(x - real(rounded, real64)) >= 0.5_real64) rounded = 2 * nint(x / 2, int64)
end function round_half_even
