//! Fortran programs in one call of the compiler: each way in which one could pass, fail or disturb because of
//! the others.

use crate::together::{Case, among_good_ones, batch};
use grammars::Level;
use validators::Verdict;

/// A good program whose module has a number.
fn good(number: usize) -> Case {
    does(&format!("m{number}"), "")
}

/// A module with a function that does `body` beside doubling its argument, and its tests.
fn does(module: &str, body: &str) -> Case {
    Case::new(
        format!(
            "module {module}\n  implicit none\ncontains\n  recursive function twice(x) result(y)\n    integer, intent(in) :: x\n    \
             integer :: y, a(2)\n\n    a = x\n    y = a(1) + a(2)\n    {body}\n  end function twice\nend module {module}\n"
        ),
        tests(module, ""),
    )
}

fn tests(module: &str, line: &str) -> String {
    format!(
        "program test_twice\n  use {module}, only: twice\n  implicit none\n\n  if (twice(2) /= 4) error stop \"twice(2)\"\n  {line}\n  \
         if (twice(-3) /= -6) error stop \"twice(-3)\"\nend program test_twice\n"
    )
}

fn suspect(body: &str) {
    among_good_ones("fortran", does("suspect", body), good);
}

fn suspect_tests(line: &str) {
    among_good_ones("fortran", Case::new(does("suspect", "").program, tests("suspect", line)), good);
}

/// What the batch itself must say, not leave to the plain plan.
fn says(case: Case, level: Level, verdict: Verdict) {
    let Some(outcomes) = batch("fortran", &[good(0), case, good(1)]) else { return };
    let outcome = outcomes[1].as_ref().expect("a verdict of the batch");
    assert_eq!((outcome.level, outcome.verdict), (level, verdict), "{outcome:?}");
}

#[test]
fn says_what_it_is_sure_of() {
    says(does("m", ""), Level::Tests, Verdict::Ok);
    says(does("m", "y = 5"), Level::Run, Verdict::Wrong);
    says(does("m", "stop"), Level::Run, Verdict::Wrong);
    says(does("m", "do; print *, \"flood\"; end do"), Level::Compile, Verdict::Output);
}

#[test]
fn a_program_that_fails_in_its_own_way_harms_no_neighbour() {
    for body in [
        "y = 5",
        "stop",
        "stop 0",
        "error stop 3",
        "y = a(x + 7)",
        "y = huge(y) + x",
        "do; y = ieor(y, x); end do",
        "do; print *, \"flood\"; end do",
        "y = 1 + twice(x + 1)",
        "print *, \"noise\"",
        "write (*, '(a)', advance='no') \"no newline\"",
        "write (0, *) \"allocation of memory\"; y = 5",
        "write (10, *) x",
        "read (*, *) y",
    ] {
        suspect(body);
    }
}

#[test]
fn a_compile_error_is_blamed_on_its_program() {
    for body in ["y = \"two\"", "z = 2", "call nobody(x)", "y = nobody(x)"] {
        suspect(body);
    }
    among_good_ones("fortran", Case::new(does("suspect", "").program, tests("suspect", "x = 1")), good);
    among_good_ones("fortran", Case::new(does("suspect", "").program, tests("nowhere", "")), good);
}

#[test]
fn warnings_are_those_of_the_plain_plan() {
    let with_warning = does("suspect", "").program.replace("integer :: y,", "integer :: never_used, y,");
    let case = || Case::new(with_warning.clone(), tests("suspect", ""));
    among_good_ones("fortran", case(), good);
    let Some(outcomes) = batch("fortran", &[good(0), case(), good(1)]) else { return };
    let warnings = |at: usize| outcomes[at].as_ref().map_or(0, |outcome| outcome.warnings.len());
    assert_eq!([warnings(0), warnings(1), warnings(2)], [0, 1, 0]);
}

#[test]
fn no_program_sees_a_siblings_module() {
    among_good_ones("fortran", Case::new(does("suspect", "").program, tests("m3", "")), good);
    among_good_ones("fortran", Case::new(does("suspect", "").program, tests("m6", "")), good);
    let uses = does("suspect", "")
        .program
        .replace("  implicit none\ncontains", "  use m2, only: other => twice\n  implicit none\ncontains");
    among_good_ones("fortran", Case::new(uses, tests("suspect", "")), good);
}

#[test]
fn no_program_takes_a_siblings_name() {
    among_good_ones("fortran", does("m3", "y = 5"), good);
    among_good_ones("fortran", does("M3", ""), good);
    let outside = format!("{}\nsubroutine outside()\nend subroutine outside\n", does("suspect", "").program);
    among_good_ones("fortran", Case::new(outside, tests("suspect", "")), good);
}

#[test]
fn a_missing_end_swallows_no_neighbour() {
    let whole = does("suspect", "").program;
    for (from, to) in [
        ("end module suspect\n", ""),
        ("end module suspect\n", "end module suspect &\n"),
        ("end module suspect\n", "end module suspect\nmodule m5\n"),
        ("  end function twice\n", ""),
        ("    y = a(1) + a(2)\n", "    if (x > 0) then\n    y = a(1) + a(2)\n"),
        ("    y = a(1) + a(2)\n", "    y = a(1) + a(2) &\n"),
        ("end module suspect\n", "end module suspect\n# 1 \"p5.f90\"\n"),
    ] {
        among_good_ones("fortran", Case::new(whole.replace(from, to), tests("suspect", "")), good);
    }
    let open = tests("suspect", "").replace("end program test_twice\n", "");
    among_good_ones("fortran", Case::new(whole, open), good);
}

#[test]
fn a_main_program_is_no_subroutine() {
    for line in [
        "return",
        "if (twice(2) == 4) return",
        "call test_twice()",
        "stop",
        "stop 0",
        "goto 10\n10 continue",
        "print *, \"sealed-\"",
        "print *, \"proven-\"",
    ] {
        suspect_tests(line);
    }
    let named =
        tests("suspect", "").replace("  implicit none\n", "  implicit none\n  integer :: test_twice\n");
    among_good_ones("fortran", Case::new(does("suspect", "").program, named), good);
    let optional =
        tests("suspect", "").replace("  implicit none\n", "  implicit none\n  integer, optional :: o\n");
    among_good_ones("fortran", Case::new(does("suspect", "").program, optional), good);
    let dummy =
        tests("suspect", "").replace("  implicit none\n", "  implicit none\n  integer, intent(in) :: o\n");
    among_good_ones("fortran", Case::new(does("suspect", "").program, dummy), good);
    let automatic = tests("suspect", "")
        .replace("  implicit none\n", "  implicit none\n  integer :: n = 3\n  integer :: o(n)\n");
    among_good_ones("fortran", Case::new(does("suspect", "").program, automatic), good);
}

#[test]
fn what_could_reach_beyond_the_program_is_left_alone() {
    for body in [
        "block; use, intrinsic :: iso_c_binding; y = int(c_sizeof(x)); end block",
        "y = transfer(1.0, y)",
        "open (newunit=y, file=\"/tmp/x\"); y = 2 * x",
        "call get_command_argument(0)",
    ] {
        let Some(outcomes) = batch("fortran", &[good(0), does("suspect", body), good(1)]) else { return };
        assert!(outcomes[1].is_none() && outcomes[0].is_some(), "{body}: {:?}", outcomes[1]);
    }
    let bound = "module suspect\n  implicit none\n  interface\n    subroutine quit(code) bind(c, name=\"exit\")\n      integer, value :: code\n    end subroutine quit\n  end interface\ncontains\n  integer function twice(x)\n    integer, intent(in) :: x\n    twice = 2 * x\n    call quit(0)\n  end function twice\nend module suspect\n";
    among_good_ones("fortran", Case::new(bound, tests("suspect", "")), good);
}
