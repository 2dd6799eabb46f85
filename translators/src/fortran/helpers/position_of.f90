!> The position of the first item that equals the wanted one, 0 where there is none.
pure function position_of(items, wanted) result(position)
  type(element), intent(in) :: items(:)
  type(element), intent(in) :: wanted
  integer :: position

  do position = 1, size(items)
    if (items(position) == wanted) return
  end do
  position = 0
end function position_of
