!> The words between runs of white space.
pure function split_words(text) result(words)
  character(len=*), intent(in) :: text
  type(string), allocatable :: words(:)
  character(len=*), parameter :: blanks = " " // achar(9) // achar(10) // achar(11) // achar(12) // achar(13)
  integer :: start, finish

  words = [string ::]
  finish = 0
  do
    start = verify(text(finish + 1:), blanks)
    if (start == 0) exit
    start = finish + start
    finish = scan(text(start:), blanks)
    finish = merge(len(text), start + finish - 2, finish == 0)
    words = [words, string(text(start:finish))]
  end do
end function split_words
