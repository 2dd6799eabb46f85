!> The lines of a text, without a last empty one.
pure function split_lines(text) result(lines)
  character(len=*), intent(in) :: text
  type(string), allocatable :: lines(:)

  lines = split_text(text, achar(10))
  if (len(lines(size(lines))%chars) == 0) lines = lines(:size(lines) - 1)
end function split_lines
