!> Put an item into a heap, whose least item comes first.
pure subroutine heap_push(heap, item)
  type(element), allocatable, intent(inout) :: heap(:)
  type(element), intent(in) :: item
  integer :: place

  heap = [heap, item]
  place = size(heap)
  do while (place > 1)
    if (.not. item < heap(place / 2)) exit
    heap(place) = heap(place / 2)
    place = place / 2
  end do
  heap(place) = item
end subroutine heap_push
