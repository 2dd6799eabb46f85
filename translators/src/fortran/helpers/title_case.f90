!> Each run of letters with its first letter in upper case, the others in lower case.
elemental function title_case(text) result(titled)
  character(len=*), intent(in) :: text
  character(len=len(text)) :: titled
  logical :: inside
  integer :: i

  titled = lower_case(text)
  inside = .false.
  do i = 1, len(text)
    if (.not. inside) titled(i:i) = upper_case(text(i:i))
    inside = (text(i:i) >= "a" .and. text(i:i) <= "z") .or. (text(i:i) >= "A" .and. text(i:i) <= "Z")
  end do
end function title_case
