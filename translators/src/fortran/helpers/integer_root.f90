!> The greatest integer whose square is not above n.
elemental function integer_root(n) result(root)
  integer(int64), intent(in) :: n
  integer(int64) :: root

  root = int(sqrt(real(n, real64)), int64)
  do while (root * root > n)
    root = root - 1
  end do
  do while ((root + 1) * (root + 1) <= n)
    root = root + 1
  end do
end function integer_root
