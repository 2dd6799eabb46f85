!> The position of a part from some position on, counted from 0; -1 where there is none.
pure function find_from(text, part, start) result(position)
  character(len=*), intent(in) :: text, part
  integer(int64), intent(in) :: start
  integer(int64) :: position

  position = start
  if (position < 0) position = max(0_int64, position + len(text))
  if (position > len(text)) then
    position = -1
  else if (index(text(position + 1:), part) == 0) then
    position = -1
  else
    position = position + index(text(position + 1:), part) - 1
  end if
end function find_from
