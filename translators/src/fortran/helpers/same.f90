!> Whether two lists have the same items in the same order.
pure function same(left, right) result(holds)
  type(element), intent(in) :: left(:), right(:)
  logical :: holds

  holds = size(left) == size(right)
  if (holds) holds = all(left == right)
end function same
