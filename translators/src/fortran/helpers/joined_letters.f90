!> The characters as one text, with a separator between them.
pure function joined_letters(letters, separator) result(text)
  character(len=1), intent(in) :: letters(:)
  character(len=*), intent(in) :: separator
  character(len=:), allocatable :: text
  integer :: i

  text = ""
  do i = 1, size(letters)
    if (i > 1) text = text // separator
    text = text // letters(i)
  end do
end function joined_letters
