!> The product of the numbers up to this one.
elemental function factorial(n) result(value)
  integer(int64), intent(in) :: n
  integer(int64) :: value
  integer(int64) :: i

  value = 1
  do i = 2, n
    value = value * i
  end do
end function factorial
