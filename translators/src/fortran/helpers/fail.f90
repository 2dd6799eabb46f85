!> Report a failure by the status, or stop where nobody asks for it.
pure subroutine fail(status, code, message)
  integer, intent(out), optional :: status
  integer, intent(in) :: code
  character(len=*), intent(in) :: message

  if (.not. present(status)) error stop message
  status = code
end subroutine fail
