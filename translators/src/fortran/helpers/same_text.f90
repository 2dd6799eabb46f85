!> Whether two texts are equal, blanks at the end included.
elemental function same_text(left, right) result(same)
  character(len=*), intent(in) :: left, right
  logical :: same

  same = len(left) == len(right) .and. left == right
end function same_text
