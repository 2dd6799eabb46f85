!> The text from its end to its beginning.
pure function reversed_text(text) result(backwards)
  character(len=*), intent(in) :: text
  character(len=len(text)) :: backwards
  integer :: i

  do i = 1, len(text)
    backwards(i:i) = text(len(text) + 1 - i:len(text) + 1 - i)
  end do
end function reversed_text
