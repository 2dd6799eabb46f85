//! Java sources whose own checks hold, and those whose do not.

use grammars::LangId;
use validators::Verdict;
use validators::oracle::{Report, Source, Status};

fn consult(body: &str) -> Option<Report> {
    let text = format!(
        "class Twice {{\n    static int twice(int x) {{\n        return 2 * x;\n    }}\n}}\n\npublic class Main {{\n    public \
         static void main(String[] args) {{\n        {body}\n    }}\n}}\n"
    );
    let source = Source { lang: LangId::JAVA, name: "Main".to_owned(), text, entry_point: None };
    Some(crate::support::ladder("java")?.consult(&source).expect("a working machine"))
}

#[test]
fn takes_checks_that_hold() {
    let Some(report) = consult("assert Twice.twice(2) == 4;") else { return };
    assert!(report.accepts(), "{report:#?}");
}

#[test]
fn refuses_failing_checks_and_errors() {
    let status = |body| consult(body).map(|report| report.cases[0].status);
    for (body, wanted) in [
        ("assert Twice.twice(2) == 5;", Status::Failed),
        ("if (Twice.twice(2) != 5) throw new AssertionError();", Status::Failed),
        ("int[] a = new int[1]; a[Twice.twice(2)] = 1;", Status::Crashed),
    ] {
        assert_eq!(status(body).unwrap_or(wanted), wanted, "{body}");
    }
}

#[test]
fn refuses_what_does_not_compile_or_end() {
    for (body, wanted) in [("int x = \"two\";", Verdict::Compile), ("while (true) { }", Verdict::Timeout)] {
        let Some(report) = consult(body) else { return };
        assert_eq!(report.verdict, wanted, "{report:#?}");
        assert!(!report.accepts());
    }
}

#[test]
fn refuses_an_end_before_the_last_check() {
    for body in [
        "System.exit(0);",
        "Runtime.getRuntime().halt(0);",
        "System.out.println(\"\\nsealed\\n\"); System.exit(0);",
        "System.out.println(\"\\n\" + System.getProperty(\"sun.java.command\", \"sealed\").replace(' ', '\\n')); \
         System.exit(0);",
    ] {
        let Some(report) = consult(body) else { return };
        assert_eq!(report.verdict, Verdict::Crash, "{report:#?}\n{body}");
        assert!(!report.accepts());
    }
}

#[test]
fn takes_a_program_that_takes_its_output_away() {
    let Some(report) = consult("System.setOut(null); assert Twice.twice(2) == 4; ") else {
        return;
    };
    assert!(report.accepts(), "{report:#?}");
}
