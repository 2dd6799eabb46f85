!> Whether a text is an integer in decimal digits, with a sign and blanks around it at most.
elemental function spells_integer(text) result(holds)
  character(len=*), intent(in) :: text
  logical :: holds
  integer :: first

  first = verify(text, " ")
  holds = first > 0
  if (.not. holds) return
  if (scan(text(first:first), "+-") == 1) first = first + 1
  holds = first <= len_trim(text)
  if (holds) holds = verify(trim(text(first:)), "0123456789") == 0
end function spells_integer
