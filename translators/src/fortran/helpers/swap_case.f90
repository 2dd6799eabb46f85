!> The text with each letter in the other case.
elemental function swap_case(text) result(swapped)
  character(len=*), intent(in) :: text
  character(len=len(text)) :: swapped
  integer :: i

  swapped = text
  do i = 1, len(text)
    select case (text(i:i))
    case ("a":"z")
      swapped(i:i) = achar(iachar(text(i:i)) - 32)
    case ("A":"Z")
      swapped(i:i) = achar(iachar(text(i:i)) + 32)
    end select
  end do
end function swap_case
