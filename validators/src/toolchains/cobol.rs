//! COBOL: GnuCOBOL, fixed format.

mod batch;
mod source;

use crate::{
    Batch, Candidate, Command, File, Finished, Judgement, Limits, Plan, PlanError, Step, Tool, Toolchain,
    Verdict,
};
use grammars::targets::cobol::{self, Source};
use grammars::{LangId, Level, Rejection, Span};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// `-debug` checks subscripts, reference modification and what is passed to called programs, which
/// would otherwise read and write memory that belongs to something else.
const FLAGS: &[&str] = &["-debug", "-fixed"];

/// GnuCOBOL 3.
#[derive(Debug)]
pub struct Cobol {
    /// Looked for when they are first needed.
    tools: LazyLock<[Tool; 1]>,
    /// What runs programs side by side, if something does.
    helper: Option<PathBuf>,
}

impl Cobol {
    /// The `cobc` of this machine.
    pub fn find() -> Self {
        Cobol { tools: LazyLock::new(|| [Tool::find("cobc", &["--version"])]), helper: None }
    }

    /// The same, with programs that are run side by side by `helper`.
    pub fn with_helper(self, helper: Option<&Path>) -> Self {
        Cobol { helper: helper.map(Path::to_owned), ..self }
    }

    /// Compiles to a program, or to a module where none of the programs can be the main one.
    fn compile(&self, files: &[File], has_main: bool) -> Result<Command, PlanError> {
        let mut args: Vec<String> = FLAGS.iter().map(|flag| (*flag).to_owned()).collect();
        args.extend([if has_main { "-x" } else { "-m" }, "-o", "main"].map(str::to_owned));
        args.extend(files.iter().map(|file| file.name.to_owned()));
        Ok(Command {
            program: self.tools[0].require()?.to_owned(),
            args,
            // What judges run once needs neither optimisation nor debug information of the C compiler.
            env: vec![("COB_CFLAGS".into(), "-O0 -w -pipe -fsigned-char".into())],
            roots: Vec::new(),
            writes: true,
            limits: Limits::COMPILER,
        })
    }
}

impl Toolchain for Cobol {
    fn lang(&self) -> LangId {
        LangId::from_static("cobol")
    }

    fn tools(&self) -> &[Tool] {
        &*self.tools
    }

    fn proof(&self) -> Candidate {
        let program = |name: &str, body: &str| {
            format!(
                "       IDENTIFICATION DIVISION.\n       PROGRAM-ID. {name}.\n       PROCEDURE DIVISION.\n{body}       END PROGRAM {name}.\n"
            )
        };
        Candidate {
            lang: self.lang(),
            program: program("PROOF", "           GOBACK.\n"),
            tests: program("TEST-PROOF", "           CALL \"PROOF\"\n           STOP RUN.\n"),
            checks: 1,
        }
    }

    fn parse(&self, candidate: &Candidate) -> Result<(), Rejection> {
        let mut sources = vec![cobol::parse(&candidate.program)?];
        if !candidate.tests.trim().is_empty() {
            sources.push(cobol::parse(&candidate.tests)?);
        }
        check_calls(&sources)
    }

    fn plan(&self, candidate: &Candidate, upto: Level, seal: &str) -> Result<Plan, PlanError> {
        let program = File { name: "program.cob", text: candidate.program.clone() };
        // The first program of the first file is the one that starts.
        let mut files = vec![program];
        let mut has_main =
            parsed(&candidate.program)?.programs.first().is_some_and(|main| !main.takes_parameters);
        if upto >= Level::Tests {
            files.insert(0, File { name: "tests.cob", text: sealed(&candidate.tests, seal)? });
            has_main = true;
        }
        let mut steps = vec![Step { rung: Level::Compile, command: self.compile(&files, has_main)? }];
        if upto >= Level::Run && has_main {
            steps.push(Step { rung: upto, command: super::compiled_program() });
        }
        Ok(Plan { files, steps })
    }

    fn judge(&self, plan: &Plan, step: usize, finished: &Finished, seal: &str) -> Judgement {
        if plan.steps[step].rung == Level::Compile {
            return super::judge_compiler(finished);
        }
        // A run-time error is announced by the library; a failed check is the program's own status.
        let verdict_of_error = |f: &Finished| {
            let library_says =
                |what: &str| f.stderr.lines().any(|line| line.starts_with("libcob:") && line.contains(what));
            if library_says("cannot allocate") {
                Verdict::Memory
            } else if library_says("error") || f.stderr.contains("attempt to reference") {
                Verdict::Crash
            } else {
                Verdict::Wrong
            }
        };
        super::judge_program(plan.steps[step].rung, finished, seal, verdict_of_error)
    }

    fn tells(&self, line: &str) -> bool {
        line.contains(": error: ") || line.starts_with("FAILED")
    }

    fn warnings(&self, finished: &Finished) -> Vec<String> {
        finished.stderr.lines().filter(|line| line.contains(": warning: ")).map(str::to_owned).collect()
    }

    fn batch(&self) -> Option<&dyn Batch> {
        self.helper.is_some().then_some(self)
    }
}

fn parsed(text: &str) -> Result<Source, PlanError> {
    cobol::parse(text).map_err(|rejection| PlanError::Candidate(rejection.message))
}

/// Routines of GnuCOBOL that only work on bits of their arguments.
const HARMLESS: &[&str] = &["CBL_AND", "CBL_OR", "CBL_XOR", "CBL_NOT"];

/// Programs call each other only; most of the system's own routines run commands and touch files.
fn check_calls(sources: &[Source]) -> Result<(), Rejection> {
    let defined: Vec<&str> =
        sources.iter().flat_map(|s| &s.programs).map(|program| program.name.as_str()).collect();
    for call in sources.iter().flat_map(|s| &s.programs).flat_map(|program| &program.calls) {
        let refuse = |span: Span, message: String| Err(Rejection::new("cobol.forbidden", span, message));
        match &call.program {
            Some(name) if defined.contains(&name.as_str()) || HARMLESS.contains(&name.as_str()) => {}
            Some(name) => {
                return refuse(call.span, format!("line {}: nothing here is called {name}", call.span.line));
            }
            None => {
                return refuse(
                    call.span,
                    format!("line {}: what is called is known at run time only", call.span.line),
                );
            }
        }
    }
    Ok(())
}

/// The tests with a statement before their end that writes `seal` on a line of its own.
///
/// The main program must have exactly one `STOP RUN` without a status: a second one could end it
/// before its last check.
fn sealed(tests: &str, seal: &str) -> Result<String, PlanError> {
    let source = parsed(tests)?;
    let stops = source.programs.first().map(|main| main.stops.as_slice()).unwrap_or_default();
    let &[end] = stops else {
        let reason =
            format!("the main program of the tests has {} plain STOP RUN where one is needed", stops.len());
        return Err(PlanError::Candidate(reason));
    };
    let (before, after) = tests.split_at(end);
    Ok(format!("{before}\n           DISPLAY X\"0A\" \"{seal}\"\n           {after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tests(body: &str) -> String {
        format!(
            "       IDENTIFICATION DIVISION.\n       PROGRAM-ID. CHECKS.\n       PROCEDURE DIVISION.\n{body}       END PROGRAM \
             CHECKS.\n"
        )
    }

    #[test]
    fn seals_before_the_end() {
        let sealed = sealed(&tests("           CONTINUE\n           STOP RUN.\n"), "SEAL").expect("one end");
        assert!(
            sealed.contains(
                "           CONTINUE\n           \n           DISPLAY X\"0A\" \"SEAL\"\n           STOP RUN.\n"
            ),
            "{sealed}"
        );
        cobol::parse(&sealed).expect("still COBOL");
    }

    #[test]
    fn two_ends_cannot_be_sealed() {
        let two =
            tests("           IF 1 = 2\n               STOP RUN\n           END-IF\n           STOP RUN.\n");
        assert!(matches!(sealed(&two, "SEAL"), Err(PlanError::Candidate(_))));
    }

    #[test]
    fn routines_for_bits_may_be_called() {
        let call = tests("           CALL \"CBL_XOR\" USING A B BY VALUE 8\n           STOP RUN.\n");
        let source = cobol::parse(&call).expect("COBOL");
        assert_eq!(check_calls(&[source]), Ok(()));
    }

    #[test]
    fn only_its_own_programs_may_be_called() {
        for call in ["CALL \"SYSTEM\" USING \"ls\"", "CALL WHAT-EVER"] {
            let source =
                cobol::parse(&tests(&format!("           {call}\n           STOP RUN.\n"))).expect("COBOL");
            assert_eq!(check_calls(&[source]).expect_err(call).code.as_str(), "cobol.forbidden");
        }
    }
}
