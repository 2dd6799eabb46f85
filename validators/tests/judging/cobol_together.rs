//! COBOL programs in one call of the compiler and one library: each way in which one could pass, fail or disturb
//! because of the others.

use crate::together::{Case, among_good_ones, batch};
use grammars::Level;
use validators::Verdict;

/// A good program whose names have a number.
fn good(number: usize) -> Case {
    does(&format!("NUMBER-{number}"), &[])
}

/// A program that does this after it has doubled its first parameter into its second, and its tests.
fn does(name: &str, lines: &[&str]) -> Case {
    let body: String = lines.iter().map(|line| format!("           {line}\n")).collect();
    let program = format!(
        "       IDENTIFICATION DIVISION.
       PROGRAM-ID. {name}.
       DATA DIVISION.
       WORKING-STORAGE SECTION.
       01  ITEMS.
           05  ITEM             PIC S9(9) COMP-5 OCCURS 3 TIMES.
       01  ITEM-POS             PIC S9(9) COMP-5.
       LINKAGE SECTION.
       01  GIVEN                PIC S9(9) COMP-5.
       01  DOUBLED              PIC S9(9) COMP-5.
       PROCEDURE DIVISION USING GIVEN DOUBLED.
           COMPUTE DOUBLED = 2 * GIVEN
{body}           GOBACK.
       END PROGRAM {name}.
"
    );
    Case::new(program, tests(name, &[]))
}

fn tests(name: &str, lines: &[&str]) -> String {
    let body: String = lines.iter().map(|line| format!("           {line}\n")).collect();
    format!(
        "       IDENTIFICATION DIVISION.
       PROGRAM-ID. TEST-{name}.
       DATA DIVISION.
       WORKING-STORAGE SECTION.
       01  GIVEN                PIC S9(9) COMP-5.
       01  DOUBLED              PIC S9(9) COMP-5.
       PROCEDURE DIVISION.
           MOVE 2 TO GIVEN
           CALL \"{name}\" USING GIVEN DOUBLED
           IF DOUBLED NOT = 4
               DISPLAY \"FAILED: TWICE 2\" UPON STDERR
               STOP RUN RETURNING 1
           END-IF
{body}           STOP RUN.
       END PROGRAM TEST-{name}.
"
    )
}

fn suspect(lines: &[&str]) {
    among_good_ones("cobol", does("SUSPECT", lines), good);
}

fn suspect_tests(lines: &[&str]) {
    let case = Case::new(does("SUSPECT", &[]).program, tests("SUSPECT", lines));
    among_good_ones("cobol", case, good);
}

/// What the batch itself must say, not leave to the plain plan.
fn says(case: Case, level: Level, verdict: Verdict) {
    let Some(outcomes) = batch("cobol", &[good(0), case, good(1)]) else { return };
    let outcome = outcomes[1].as_ref().expect("a verdict of the batch");
    assert_eq!((outcome.level, outcome.verdict), (level, verdict), "{outcome:?}");
}

#[test]
fn says_what_it_is_sure_of() {
    says(does("ONE", &[]), Level::Tests, Verdict::Ok);
    says(does("ONE", &["COMPUTE DOUBLED = GIVEN + 7"]), Level::Run, Verdict::Wrong);
    says(does("ONE", &["STOP RUN"]), Level::Run, Verdict::Wrong);
    says(does("ONE", &["MOVE 7 TO ITEM-POS", "MOVE 1 TO ITEM(ITEM-POS)"]), Level::Compile, Verdict::Crash);
}

#[test]
fn a_program_that_fails_in_its_own_way_harms_no_neighbour() {
    for lines in [
        &["COMPUTE DOUBLED = GIVEN + 7"][..],
        &["STOP RUN"],
        &["STOP RUN RETURNING 0"],
        &["STOP RUN RETURNING 3"],
        &["MOVE 7 TO ITEM-POS", "MOVE 1 TO ITEM(ITEM-POS)"],
        &["PERFORM UNTIL GIVEN = 9999", "    MOVE 0 TO ITEM-POS", "END-PERFORM"],
        &["PERFORM UNTIL GIVEN = 9999", "    DISPLAY \"FLOOD\"", "END-PERFORM"],
        &["DISPLAY \"no newline\" WITH NO ADVANCING"],
        &["DISPLAY \"libcob: error: forged\" UPON STDERR"],
        &["CALL \"SUSPECT\" USING GIVEN DOUBLED"],
    ] {
        suspect(lines);
    }
}

#[test]
fn a_compile_error_is_blamed_on_its_program() {
    for lines in [&["MOVE 1 TO NO-SUCH-ITEM"][..], &["COMPUTE ITEMS = GIVEN + NOTHING"], &["PERFORM NOWHERE"]]
    {
        suspect(lines);
        suspect_tests(lines);
    }
}

#[test]
fn no_program_calls_a_sibling_or_the_system() {
    for name in ["NUMBER-3", "TEST-NUMBER-3", "SYSTEM", "exit", "cob_stop_run"] {
        let call = format!("CALL \"{name}\" USING GIVEN DOUBLED");
        for case in
            [does("SUSPECT", &[&call]), Case::new(does("SUSPECT", &[]).program, tests("SUSPECT", &[&call]))]
        {
            let Some(outcomes) = batch("cobol", &[good(3), case, good(1)]) else { return };
            assert!(outcomes[1].is_none() && outcomes[0].is_some(), "{name}: {:?}", outcomes[1]);
        }
    }
}

#[test]
fn no_program_takes_a_siblings_name() {
    among_good_ones("cobol", does("NUMBER-3", &["COMPUTE DOUBLED = GIVEN + 7"]), good);
    among_good_ones("cobol", does("number-3", &["COMPUTE DOUBLED = GIVEN + 7"]), good);
    let captured = does("SUSPECT", &[]).program.replace("PROGRAM-ID. SUSPECT", "PROGRAM-ID. \"printf\"");
    among_good_ones("cobol", Case::new(captured, tests("SUSPECT", &[])), good);
    let both =
        format!("{}{}", does("SUSPECT", &[]).program, does("NUMBER-3", &["COMPUTE DOUBLED = 7"]).program);
    among_good_ones("cobol", Case::new(both, tests("SUSPECT", &[])), good);
}

#[test]
fn a_missing_end_swallows_no_neighbour() {
    let whole = does("SUSPECT", &[]).program;
    for (from, to) in [
        ("       END PROGRAM SUSPECT.\n", ""),
        ("           GOBACK.\n       END PROGRAM SUSPECT.\n", "           GOBACK\n"),
        ("           COMPUTE", "           IF GIVEN = 1\n           COMPUTE"),
    ] {
        among_good_ones("cobol", Case::new(whole.replace(from, to), tests("SUSPECT", &[])), good);
    }
    let open = tests("SUSPECT", &[]).replace("       END PROGRAM TEST-SUSPECT.\n", "");
    among_good_ones("cobol", Case::new(whole, open), good);
}

#[test]
fn a_main_program_is_not_one_that_is_called() {
    for lines in [
        &["GOBACK"][..],
        &["EXIT PROGRAM"],
        &["IF GIVEN = 2", "    GOBACK", "END-IF"],
        &["MOVE 3 TO RETURN-CODE"],
        &["STOP RUN RETURNING 0"],
        &["DISPLAY \"proven-\""],
    ] {
        suspect_tests(lines);
    }
    let status = does("SUSPECT", &["MOVE 3 TO RETURN-CODE"]);
    among_good_ones("cobol", status, good);
    let with_parameters =
        tests("SUSPECT", &[]).replace("PROCEDURE DIVISION.", "PROCEDURE DIVISION USING GIVEN.");
    among_good_ones("cobol", Case::new(does("SUSPECT", &[]).program, with_parameters), good);
}

#[test]
fn what_could_reach_beyond_the_program_is_left_alone() {
    for line in
        ["ACCEPT GIVEN FROM ENVIRONMENT \"HOME\"", "SET ADDRESS OF GIVEN TO NULL", "CANCEL \"NUMBER-3\""]
    {
        let Some(outcomes) = batch("cobol", &[good(0), does("SUSPECT", &[line]), good(1)]) else { return };
        assert!(outcomes[1].is_none() && outcomes[0].is_some(), "{line}: {:?}", outcomes[1]);
    }
}
