!> The greatest number that divides both.
elemental function greatest_common_divisor(a, b) result(divisor)
  integer(int64), intent(in) :: a, b
  integer(int64) :: divisor
  integer(int64) :: rest, held

  divisor = abs(a)
  rest = abs(b)
  do while (rest /= 0)
    held = mod(divisor, rest)
    divisor = rest
    rest = held
  end do
end function greatest_common_divisor
