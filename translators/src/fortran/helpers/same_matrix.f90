!> Whether two matrices have the same shape and items.
pure function same_matrix(left, right) result(holds)
  type(element), intent(in) :: left(:, :), right(:, :)
  logical :: holds

  holds = size(left, 1) == size(right, 1) .and. size(left, 2) == size(right, 2)
  if (holds) holds = all(left == right)
end function same_matrix
