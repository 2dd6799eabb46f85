!> The characters of a text, one by one.
pure function letters_of(text) result(letters)
  character(len=*), intent(in) :: text
  type(string), allocatable :: letters(:)
  integer :: i

  letters = [(string(text(i:i)), i = 1, len(text))]
end function letters_of
