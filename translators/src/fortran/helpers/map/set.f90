!> Store a value under a key.
pure subroutine PROCEDURE(self, key, value)
  type(map), intent(inout) :: self
  KEY :: key
  VALUE :: value
  integer :: position

  position = self%find(key)
  if (position > 0) then
    self%values(position) = WRAPPED_VALUE
  else
    self%keys = [self%keys, WRAPPED_KEY]
    self%values = [self%values, WRAPPED_VALUE]
  end if
end subroutine PROCEDURE
