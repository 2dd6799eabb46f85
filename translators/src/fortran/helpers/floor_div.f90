!> The quotient rounded towards minus infinity.
elemental function floor_div(dividend, divisor) result(quotient)
  integer(int64), intent(in) :: dividend, divisor
  integer(int64) :: quotient

  quotient = (dividend - modulo(dividend, divisor)) / divisor
end function floor_div
