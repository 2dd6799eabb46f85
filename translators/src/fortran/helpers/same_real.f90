!> Whether two numbers are equal to the last digit.
elemental function same_real(left, right) result(same)
  real(real64), intent(in) :: left, right
  logical :: same

  same = left <= right .and. left >= right
end function same_real
