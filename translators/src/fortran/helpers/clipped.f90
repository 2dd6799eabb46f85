!> A position that counts from the end where it is negative, kept within 0 and length.
elemental function clipped(position, length) result(within)
  integer(int64), intent(in) :: position
  integer, intent(in) :: length
  integer(int64) :: within

  within = position
  if (within < 0) within = within + length
  within = max(0_int64, min(within, int(length, int64)))
end function clipped
