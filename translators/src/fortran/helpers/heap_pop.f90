!> Take the least item out of a heap.
pure subroutine heap_pop(heap, least)
  type(element), allocatable, intent(inout) :: heap(:)
  type(element), intent(out) :: least
  type(element) :: last

  if (size(heap) == 0) error stop "the heap is empty"
  least = heap(1)
  last = heap(size(heap))
  heap = heap(:size(heap) - 1)
  if (size(heap) == 0) return
  heap(1) = last
  call heap_sink(heap, 1)
end subroutine heap_pop
