!> Let the item at a place of a heap sink to where it belongs.
pure subroutine heap_sink(heap, start)
  type(element), intent(inout) :: heap(:)
  integer, intent(in) :: start
  type(element) :: item
  integer :: place, child

  item = heap(start)
  place = start
  do while (2 * place <= size(heap))
    child = 2 * place
    if (child < size(heap)) then
      if (.not. heap(child) < heap(child + 1)) child = child + 1
    end if
    heap(place) = heap(child)
    place = child
  end do
  do while (place > start)
    if (.not. item < heap(place / 2)) exit
    heap(place) = heap(place / 2)
    place = place / 2
  end do
  heap(place) = item
end subroutine heap_sink
