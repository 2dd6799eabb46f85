!> In how many ways so many items can be chosen from a number of them.
elemental function binomial(n, k) result(value)
  integer(int64), intent(in) :: n, k
  integer(int64) :: value
  integer(int64) :: i

  value = merge(1_int64, 0_int64, k <= n)
  do i = 1, min(k, n - k)
    value = value * (n - i + 1) / i
  end do
end function binomial
