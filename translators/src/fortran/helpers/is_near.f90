!> Whether a number is near another one, with a tolerance relative to the other.
elemental function is_near(a, b, relative, absolute) result(near)
  real(real64), intent(in) :: a, b, relative, absolute
  logical :: near

  near = abs(a - b) <= absolute + relative * abs(b) .or. (a <= b .and. a >= b)
end function is_near
