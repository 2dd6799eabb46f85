!> Whether the text is not empty and has only characters of the given set.
elemental function is_made_of(text, set) result(holds)
  character(len=*), intent(in) :: text, set
  logical :: holds

  holds = len(text) > 0 .and. verify(text, set) == 0
end function is_made_of
