!> The text with its letters in upper case.
elemental function upper_case(text) result(raised)
  character(len=*), intent(in) :: text
  character(len=len(text)) :: raised
  integer :: i

  raised = text
  do i = 1, len(text)
    if (text(i:i) >= "a" .and. text(i:i) <= "z") raised(i:i) = achar(iachar(text(i:i)) - 32)
  end do
end function upper_case
