!> Whether a text ends with another one.
pure function ends_with(text, suffix) result(holds)
  character(len=*), intent(in) :: text, suffix
  logical :: holds

  holds = len(text) >= len(suffix)
  if (holds) holds = text(len(text) - len(suffix) + 1:) == suffix
end function ends_with
