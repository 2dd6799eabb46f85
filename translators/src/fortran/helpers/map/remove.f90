!> Remove a key with its value.
pure subroutine PROCEDURE(self, key)
  type(map), intent(inout) :: self
  KEY :: key
  integer :: position

  position = self%find(key)
  if (position == 0) error stop "key not found"
  self%keys = [self%keys(:position - 1), self%keys(position + 1:)]
  self%values = [self%values(:position - 1), self%values(position + 1:)]
end subroutine PROCEDURE
