!> The first character in upper case, the others in lower case.
elemental function capitalized(text) result(changed)
  character(len=*), intent(in) :: text
  character(len=len(text)) :: changed

  changed = lower_case(text)
  if (len(text) > 0) changed(1:1) = upper_case(text(1:1))
end function capitalized
