!> The position of a key, 0 if it is absent.
pure function PROCEDURE(self, key) result(position)
  type(map), intent(in) :: self
  KEY :: key
  integer :: position

  do position = 1, size(self%keys)
    if (SAME_KEY) return
  end do
  position = 0
end function PROCEDURE
