!> The parts one after another with a separator between them.
pure function joined(parts, separator) result(text)
  type(string), intent(in) :: parts(:)
  character(len=*), intent(in) :: separator
  character(len=:), allocatable :: text
  integer :: i

  text = ""
  do i = 1, size(parts)
    if (i > 1) text = text // separator
    text = text // parts(i)%chars
  end do
end function joined
