!> The text as a literal in quotes.
pure function quoted(text) result(literal)
  character(len=*), intent(in) :: text
  character(len=:), allocatable :: literal
  character(len=1) :: quote
  integer :: i

  quote = merge("""", "'", index(text, "'") > 0 .and. index(text, """") == 0)
  literal = quote
  do i = 1, len(text)
    select case (iachar(text(i:i)))
    case (9)
      literal = literal // "\t"
    case (10)
      literal = literal // "\n"
    case (13)
      literal = literal // "\r"
    case default
      if (text(i:i) == quote .or. text(i:i) == "\") literal = literal // "\"
      literal = literal // text(i:i)
    end select
  end do
  literal = literal // quote
end function quoted
