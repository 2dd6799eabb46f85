!> The characters of a text at some positions.
pure function characters_at(text, positions) result(picked)
  character(len=*), intent(in) :: text
  integer(int64), intent(in) :: positions(:)
  character(len=size(positions)) :: picked
  integer :: i

  do i = 1, size(positions)
    picked(i:i) = text(positions(i):positions(i))
  end do
end function characters_at
