!> Whether two sets have the same members, in whatever order.
pure function same_members(left, right) result(holds)
  type(element), intent(in) :: left(:), right(:)
  logical :: holds

  holds = size(left) == size(right) .and. is_subset(left, right)
end function same_members
