!> The value of a key, or the default if it is absent.
pure function PROCEDURE(self, key, default) result(value)
  type(map), intent(in) :: self
  KEY :: key
  VALUE :: default
  RESULT :: value
  integer :: position

  position = self%find(key)
  if (position > 0) then
    value = self%values(position)%COMPONENT
  else
    value = default
  end if
end function PROCEDURE
