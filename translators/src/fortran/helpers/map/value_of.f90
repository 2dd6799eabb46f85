!> The value of a key, which must be there.
pure function PROCEDURE(self, key) result(value)
  type(map), intent(in) :: self
  KEY :: key
  RESULT :: value
  integer :: position

  position = self%find(key)
  if (position == 0) error stop "key not found"
  value = self%values(position)%COMPONENT
end function PROCEDURE
