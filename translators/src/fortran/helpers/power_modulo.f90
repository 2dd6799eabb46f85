!> base**exponent modulo modulus, by repeated squaring.
elemental function power_modulo(base, exponent, modulus) result(power)
  integer(int64), intent(in) :: base, exponent, modulus
  integer(int64) :: power
  integer(int64) :: factor, rest

  power = modulo(1_int64, modulus)
  factor = modulo(base, modulus)
  rest = exponent
  do while (rest > 0)
    if (mod(rest, 2_int64) == 1) power = modulo(power * factor, modulus)
    factor = modulo(factor * factor, modulus)
    rest = rest / 2
  end do
end function power_modulo
