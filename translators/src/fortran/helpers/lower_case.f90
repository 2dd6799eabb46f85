!> The text with its letters in lower case.
elemental function lower_case(text) result(lowered)
  character(len=*), intent(in) :: text
  character(len=len(text)) :: lowered
  integer :: i

  lowered = text
  do i = 1, len(text)
    if (text(i:i) >= "A" .and. text(i:i) <= "Z") lowered(i:i) = achar(iachar(text(i:i)) + 32)
  end do
end function lower_case
