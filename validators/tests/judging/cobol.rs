//! COBOL programs that the ladder must take, and those that it must refuse at each rung.

use grammars::Level;
use validators::Verdict;

fn expect(program: &str, tests: &str, level: Level, verdict: Verdict) {
    crate::support::expect("cobol", program, tests, level, verdict);
}

/// A program that does this after it has doubled its first parameter into its second.
fn does(lines: &[&str]) -> String {
    let body: String = lines.iter().map(|line| format!("           {line}\n")).collect();
    format!(
        "       IDENTIFICATION DIVISION.
       PROGRAM-ID. TWICE.
       DATA DIVISION.
       WORKING-STORAGE SECTION.
       01  ITEMS.
           05  ITEM             PIC S9(9) COMP-5 OCCURS 3 TIMES.
       01  ITEM-POS                  PIC S9(9) COMP-5.
       01  BIG-BLOCK            PIC X(1000000) BASED.
       01  PTR                  USAGE POINTER.
       LINKAGE SECTION.
       01  GIVEN                PIC S9(9) COMP-5.
       01  DOUBLED              PIC S9(9) COMP-5.
       PROCEDURE DIVISION USING GIVEN DOUBLED.
           COMPUTE DOUBLED = 2 * GIVEN
{body}           GOBACK.
       END PROGRAM TWICE.
"
    )
}

fn tests() -> String {
    "       IDENTIFICATION DIVISION.
       PROGRAM-ID. TEST-TWICE.
       DATA DIVISION.
       WORKING-STORAGE SECTION.
       01  GIVEN                PIC S9(9) COMP-5.
       01  DOUBLED              PIC S9(9) COMP-5.
       PROCEDURE DIVISION.
           MOVE 2 TO GIVEN
           CALL \"TWICE\" USING GIVEN DOUBLED
           IF DOUBLED NOT = 4
               DISPLAY \"FAILED: TWICE 2\" UPON STDERR
               STOP RUN RETURNING 1
           END-IF
           MOVE -3 TO GIVEN
           CALL \"TWICE\" USING GIVEN DOUBLED
           IF DOUBLED NOT = -6
               DISPLAY \"FAILED: TWICE -3\" UPON STDERR
               STOP RUN RETURNING 1
           END-IF
           STOP RUN.
       END PROGRAM TEST-TWICE.
"
    .to_owned()
}

#[test]
fn takes_a_right_program() {
    expect(&does(&[]), &tests(), Level::Tests, Verdict::Ok);
}

#[test]
fn without_tests_a_subprogram_is_only_compiled() {
    expect(&does(&[]), "", Level::Compile, Verdict::Ok);
}

#[test]
fn refuses_broken_structure() {
    expect(&does(&["IF GIVEN = 1", "END-PERFORM"]), &tests(), Level::None, Verdict::Parse);
    expect(
        &does(&["MOVE 1 TO ITEM-POS"]).replace("       01  ITEM-POS", "  01  ITEM-POS"),
        &tests(),
        Level::None,
        Verdict::Parse,
    );
}

#[test]
fn refuses_an_unknown_name() {
    expect(&does(&["MOVE 1 TO NO-SUCH-ITEM"]), &tests(), Level::Parse, Verdict::Compile);
}

#[test]
fn refuses_a_type_error() {
    expect(&does(&["COMPUTE DOUBLED = BIG-BLOCK + ITEMS"]), &tests(), Level::Parse, Verdict::Compile);
}

#[test]
fn refuses_a_failing_check() {
    expect(&does(&["COMPUTE DOUBLED = GIVEN + 2"]), &tests(), Level::Run, Verdict::Wrong);
}

#[test]
fn refuses_a_subscript_outside_of_its_table() {
    expect(
        &does(&["MOVE 7 TO ITEM-POS", "MOVE 1 TO ITEM(ITEM-POS)"]),
        &tests(),
        Level::Compile,
        Verdict::Crash,
    );
}

#[test]
fn refuses_an_end_before_the_last_check() {
    expect(&does(&["STOP RUN"]), &tests(), Level::Run, Verdict::Wrong);
    expect(
        &does(&["IF GIVEN < 0", "    STOP RUN RETURNING 0", "END-IF"]),
        &tests(),
        Level::Run,
        Verdict::Wrong,
    );
}

#[test]
fn refuses_tests_with_two_ends() {
    let two = tests().replace(
        "           MOVE -3 TO GIVEN\n",
        "           IF GIVEN = 2\n               STOP RUN\n           END-IF\n",
    );
    expect(&does(&[]), &two, Level::Parse, Verdict::Compile);
}

#[test]
fn refuses_an_infinite_loop() {
    expect(
        &does(&[
            "PERFORM UNTIL GIVEN = 9999",
            "    ADD 1 TO ITEM-POS",
            "    MOVE 0 TO ITEM-POS",
            "END-PERFORM",
        ]),
        &tests(),
        Level::Compile,
        Verdict::Timeout,
    );
}

#[test]
fn refuses_a_memory_hog() {
    let hog = [
        "PERFORM UNTIL GIVEN = 9999",
        "    ALLOCATE 1000000 CHARACTERS INITIALIZED",
        "        RETURNING PTR",
        "    SET ADDRESS OF BIG-BLOCK TO PTR",
        "    MOVE ALL \"X\" TO BIG-BLOCK",
        "END-PERFORM",
    ];
    expect(&does(&hog), &tests(), Level::Compile, Verdict::Memory);
}

#[test]
fn refuses_a_flood() {
    expect(
        &does(&["PERFORM UNTIL GIVEN = 9999", "    DISPLAY \"FLOOD\"", "END-PERFORM"]),
        &tests(),
        Level::Compile,
        Verdict::Output,
    );
}

#[test]
fn refuses_commands_and_copied_files() {
    expect(&does(&["CALL \"SYSTEM\" USING \"true\""]), &tests(), Level::None, Verdict::Forbidden);
    expect(&does(&["COPY \"/etc/passwd\"."]), &tests(), Level::None, Verdict::Forbidden);
}
