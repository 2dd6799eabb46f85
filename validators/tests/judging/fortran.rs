//! Fortran programs that the ladder must take, and those that it must refuse at each rung.

use grammars::Level;
use validators::Verdict;

const TESTS: &str = "program test_twice
  use twice_mod, only: twice
  implicit none

  if (twice(2) /= 4) error stop \"twice(2)\"
  if (twice(-3) /= -6) error stop \"twice(-3)\"
end program test_twice
";

fn expect(program: &str, tests: &str, level: Level, verdict: Verdict) {
    crate::support::expect("fortran", program, tests, level, verdict);
}

/// A program whose function declares and does this, with the usual tests.
fn does(declares: &str, body: &str) -> String {
    format!(
        "module twice_mod\n  implicit none\ncontains\n  recursive function twice(x) result(y)\n    integer, intent(in) :: x\n    \
         integer :: y\n    {declares}\n\n    y = 2 * x\n    {body}\n  end function twice\nend module twice_mod\n"
    )
}

#[test]
fn takes_a_right_program() {
    expect(&does("", ""), TESTS, Level::Tests, Verdict::Ok);
}

#[test]
fn takes_tests_with_procedures_of_their_own() {
    let tests = "program t\n  use twice_mod\n  implicit none\n  call check(twice(2), 4)\ncontains\n  subroutine check(got, wanted)\n    integer, intent(in) :: got, wanted\n    if (got /= wanted) error stop \"twice\"\n  end subroutine check\nend program t\n";
    expect(&does("", ""), tests, Level::Tests, Verdict::Ok);
    expect(&does("", "y = 5"), tests, Level::Run, Verdict::Wrong);
}

#[test]
fn without_tests_a_module_is_compiled_and_a_main_program_run() {
    expect(&does("", ""), "", Level::Compile, Verdict::Ok);
    expect("program p\n  print *, 1\nend program p\n", "", Level::Run, Verdict::Ok);
}

#[test]
fn refuses_a_syntax_error() {
    expect(&does("", "if (x > 1) then"), TESTS, Level::None, Verdict::Parse);
}

#[test]
fn refuses_a_type_error() {
    expect(&does("", "y = \"two\""), TESTS, Level::Parse, Verdict::Compile);
    expect(&does("", "z = 2"), TESTS, Level::Parse, Verdict::Compile);
}

#[test]
fn refuses_tests_that_are_no_program() {
    expect(&does("", ""), "module m\nend module m\n", Level::Parse, Verdict::Compile);
}

#[test]
fn refuses_a_failing_check() {
    expect(&does("", "y = x + 2"), TESTS, Level::Run, Verdict::Wrong);
}

#[test]
fn refuses_a_crash() {
    expect(&does("integer :: a(2)", "a = 1; y = a(x + 7)"), TESTS, Level::Compile, Verdict::Crash);
    expect(&does("integer, pointer :: p", "nullify (p); p = 1"), TESTS, Level::Compile, Verdict::Crash);
}

#[test]
fn refuses_overflow() {
    expect(&does("", "y = huge(y) + x"), TESTS, Level::Compile, Verdict::Crash);
}

#[test]
fn refuses_an_end_before_the_last_check() {
    expect(&does("", "stop"), TESTS, Level::Run, Verdict::Wrong);
    expect(&does("", "if (x < 0) stop 0"), TESTS, Level::Run, Verdict::Wrong);
}

#[test]
fn refuses_an_infinite_loop() {
    expect(&does("", "do; y = ieor(y, x); end do"), TESTS, Level::Compile, Verdict::Timeout);
}

#[test]
fn refuses_endless_recursion() {
    expect(&does("", "y = 1 + twice(x + 1)"), TESTS, Level::Compile, Verdict::Crash);
}

#[test]
fn refuses_a_memory_hog() {
    expect(
        &does("real, allocatable :: a(:)", "allocate (a(500000000)); a = x; y = int(a(5))"),
        TESTS,
        Level::Compile,
        Verdict::Memory,
    );
    expect(
        &does("real, allocatable :: a(:)", "allocate (a(50000000000_8)); y = size(a)"),
        TESTS,
        Level::Compile,
        Verdict::Memory,
    );
}

#[test]
fn refuses_a_flood() {
    expect(&does("", "do; print *, \"flood\"; end do"), TESTS, Level::Compile, Verdict::Output);
}

#[test]
fn refuses_a_huge_file() {
    let writes = "open (newunit=u, file=\"/tmp/f\"); do; write (u, *) \"flood\"; end do";
    expect(&does("integer :: u", writes), TESTS, Level::Compile, Verdict::Output);
}

#[test]
fn refuses_commands_and_includes() {
    expect(&does("", "call execute_command_line(\"true\")"), TESTS, Level::None, Verdict::Forbidden);
    expect(&does("include '/etc/passwd'", ""), TESTS, Level::None, Verdict::Forbidden);
}

#[test]
fn hides_the_machine() {
    for path in ["/etc/shadow", "/etc/passwd", "/root", "/home", "/work", "/etc/hostname"] {
        let asks = format!("inquire (file=\"{path}\", exist=there); if (there) y = 0");
        expect(&does("logical :: there", &asks), TESTS, Level::Tests, Verdict::Ok);
    }
}

#[test]
fn keeps_files_from_being_written() {
    for path in ["/usr/calque", "/program/calque", "/calque", "/dev/calque", "/program/main"] {
        let writes = format!(
            "open (newunit=u, file=\"{path}\", action=\"write\", iostat=status); if (status == 0) y = 0"
        );
        expect(&does("integer :: u, status", &writes), TESTS, Level::Tests, Verdict::Ok);
    }
}
