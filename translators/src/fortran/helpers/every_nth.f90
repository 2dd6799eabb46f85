!> Every step-th character of text, from the first one on.
pure function every_nth(text, step) result(chosen)
  character(len=*), intent(in) :: text
  integer(int64), intent(in) :: step
  character(len=(len(text) + step - 1) / step) :: chosen
  integer :: i

  do i = 1, len(chosen)
    chosen(i:i) = text((i - 1) * step + 1:(i - 1) * step + 1)
  end do
end function every_nth
