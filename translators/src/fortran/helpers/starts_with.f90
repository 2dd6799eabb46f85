!> Whether a text starts with another one.
pure function starts_with(text, prefix) result(holds)
  character(len=*), intent(in) :: text, prefix
  logical :: holds

  holds = len(text) >= len(prefix)
  if (holds) holds = text(:len(prefix)) == prefix
end function starts_with
