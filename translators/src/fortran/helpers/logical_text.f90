!> The truth value as the source's language writes it.
pure function logical_text(truth) result(text)
  logical, intent(in) :: truth
  character(len=:), allocatable :: text

  if (truth) then
    text = "True"
  else
    text = "False"
  end if
end function logical_text
