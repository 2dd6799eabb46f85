!> What the wrappers around translated procedures share: values from standard input, values to standard output.
module stdin_words
  use, intrinsic :: iso_fortran_env, only: int32, int64, real64
  implicit none
  private
  public :: load, next_integer, next_real, next_logical, next_word, next_line, whole_input, put

  character(len=:), allocatable :: text
  integer :: place = 1

  interface put
    module procedure put_short, put_integer, put_real, put_logical, put_text
  end interface put

contains

  !> Reads all of standard input.
  subroutine load()
    character :: letter
    integer :: unit, status

    text = ""
    open (newunit=unit, file="/dev/stdin", access="stream", form="unformatted", action="read")
    do
      read (unit, iostat=status) letter
      if (status /= 0) exit
      text = text // letter
    end do
    close (unit)
    ! Some inputs carry the label that introduces them in the examples.
    if (index(text, "Input: ") == 1) text = text(8:)
  end subroutine load

  !> The next characters up to white space.
  function next_word() result(word)
    character(len=:), allocatable :: word
    integer :: start

    do while (place <= len(text))
      if (.not. is_space(text(place:place))) exit
      place = place + 1
    end do
    start = place
    do while (place <= len(text))
      if (is_space(text(place:place))) exit
      place = place + 1
    end do
    word = with_blanks(text(start:place - 1))
  end function next_word

  !> The rest of the line, or the next line where only blanks are left. One blank on each side of a line break
  !> belongs to the break.
  function next_line() result(line)
    character(len=:), allocatable :: line
    integer :: stop

    if (place > 1) then
      stop = end_of_line()
      if (verify(text(place:stop), " ") == 0) place = stop + 2
      if (place <= len(text)) then
        if (text(place:place) == " ") place = place + 1
      end if
    end if
    stop = end_of_line()
    line = text(place:stop)
    if (stop < len(text) .and. len(line) > 0) then
      if (line(len(line):) == " ") line = line(:len(line) - 1)
    end if
    place = stop + 2
    line = with_blanks(line)
  end function next_line

  !> The input as it is, for problems whose only argument is a text.
  function whole_input() result(line)
    character(len=:), allocatable :: line

    line = with_blanks(text)
  end function whole_input

  integer(int64) function next_integer()
    character(len=:), allocatable :: word
    real(real64) :: value
    integer :: status

    word = next_word()
    read (word, *, iostat=status) next_integer
    if (status == 0) return
    read (word, *) value
    next_integer = nint(value, int64)
    if (abs(value - real(next_integer, real64)) > 0) error stop "a whole number was expected"
  end function next_integer

  real(real64) function next_real()
    character(len=:), allocatable :: word

    word = next_word()
    read (word, *) next_real
  end function next_real

  logical function next_logical()
    character(len=:), allocatable :: word

    word = next_word()
    read (word, *) next_logical
  end function next_logical

  integer function end_of_line()
    end_of_line = len(text)
    if (place > len(text)) return
    if (index(text(place:), new_line("a")) > 0) end_of_line = place + index(text(place:), new_line("a")) - 2
  end function end_of_line

  elemental logical function is_space(letter)
    character, intent(in) :: letter

    is_space = letter == " " .or. letter == new_line("a") .or. letter == achar(9)
  end function is_space

  !> `[s]` stands for a blank.
  function with_blanks(line) result(plain)
    character(len=*), intent(in) :: line
    character(len=:), allocatable :: plain
    integer :: found

    plain = line
    found = index(plain, "[s]")
    do while (found > 0)
      plain = plain(:found - 1) // " " // plain(found + 3:)
      found = index(plain, "[s]")
    end do
  end function with_blanks

  subroutine put_short(value)
    integer(int32), intent(in) :: value

    print "(i0)", value
  end subroutine put_short

  subroutine put_integer(value)
    integer(int64), intent(in) :: value

    print "(i0)", value
  end subroutine put_integer

  subroutine put_real(value)
    real(real64), intent(in) :: value

    print "(g0)", value
  end subroutine put_real

  subroutine put_logical(value)
    logical, intent(in) :: value

    print "(l1)", value
  end subroutine put_logical

  subroutine put_text(value)
    character(len=*), intent(in) :: value

    print "(a)", value
  end subroutine put_text

end module stdin_words
