!> Whether two numbers agree within a relative and an absolute tolerance.
elemental function is_close(a, b, relative, absolute) result(close)
  real(real64), intent(in) :: a, b, relative, absolute
  logical :: close

  close = abs(a - b) <= max(relative * max(abs(a), abs(b)), absolute) .or. .not. abs(a - b) > 0
end function is_close
