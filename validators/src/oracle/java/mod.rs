//! The JVM as the oracle of Java sources: a main program whose checks throw.

use super::{Case, Findings, Oracle, Questions, Source, Status, Turn};
use crate::{Command, End, File, Finished, Limits, Plan, PlanError, Step, Tool, Verdict};
use grammars::{LangId, Level};
use std::path::PathBuf;
use std::sync::LazyLock;

/// The JVM keeps threads of its own and reserves memory freely.
const LIMITS: Limits = Limits { processes: 128, open_files: 256, cpu: 15, ..Limits::PROGRAM };

/// What makes a JVM start fast and stay small.
const JVM: &[&str] =
    &["-Xshare:auto", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m", "-XX:-UsePerfData"];

/// Runs the main program and shows that it came to its end.
const SEAL: &str = include_str!("CalqueSeal.java");

/// A JDK.
#[derive(Debug)]
pub struct Java {
    /// Looked for when they are first needed.
    tools: LazyLock<[Tool; 2]>,
    /// Where Debian keeps a JDK's settings, behind links.
    settings: Vec<PathBuf>,
}

impl Java {
    /// The `javac` and `java` of this machine.
    pub fn find() -> Self {
        let folders = std::fs::read_dir("/etc").into_iter().flatten().flatten().map(|entry| entry.path());
        let is_settings =
            |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("java-"));
        Java {
            tools: LazyLock::new(|| {
                [Tool::find("javac", &["--version"]), Tool::find("java", &["--version"])]
            }),
            settings: folders.filter(is_settings).collect(),
        }
    }

    fn command(&self, tool: usize, args: Vec<String>, writes: bool) -> Result<Command, PlanError> {
        let program = self.tools[tool].require()?.to_owned();
        let mut roots = self.tools[tool].roots();
        roots.extend(self.settings.iter().cloned());
        Ok(Command { program, args, env: Vec::new(), roots, writes, limits: LIMITS })
    }
}

impl Oracle for Java {
    fn lang(&self) -> LangId {
        LangId::JAVA
    }

    fn tools(&self) -> &[Tool] {
        &*self.tools
    }

    fn proof(&self) -> Source {
        Source {
            lang: self.lang(),
            name: "Main".to_owned(),
            text: "class Main {\n    public static void main(String[] args) {\n        assert 2 + 2 == 4;\n    }\n}\n".to_owned(),
            entry_point: None,
        }
    }

    fn plan(&self, source: &Source, seal: &str) -> Result<Plan, PlanError> {
        let main = main_class(&source.text)
            .ok_or_else(|| PlanError::Candidate("no class has a `public static void main`".to_owned()))?;
        let compile: Vec<String> = JVM.iter().map(|flag| format!("-J{flag}")).collect();
        let compile = compile.into_iter().chain(
            ["-d", ".", "-nowarn", "-encoding", "UTF-8", "Main.java", "CalqueSeal.java"].map(str::to_owned),
        );
        let run = JVM
            .iter()
            .map(|flag| (*flag).to_owned())
            .chain(["-ea", "-cp", ".", "CalqueSeal"].map(str::to_owned))
            .chain([main, seal.to_owned()]);
        let steps = vec![
            Step { rung: Level::Compile, command: self.command(0, compile.collect(), true)? },
            Step { rung: Level::Tests, command: self.command(1, run.collect(), false)? },
        ];
        // A public class must be in a file of its name; without the word any file will do.
        let text =
            source.text.replace("public class ", "class ").replace("public final class ", "final class ");
        let files =
            vec![File { name: "Main.java", text }, File { name: "CalqueSeal.java", text: SEAL.to_owned() }];
        Ok(Plan { files, steps })
    }

    fn judge(&self, plan: &Plan, step: usize, finished: &Finished, seal: &str) -> Option<Findings> {
        let compiles = plan.steps[step].rung == Level::Compile;
        let found =
            |cases, verdict, detail: &str| Some(Findings { cases, verdict, detail: detail.to_owned() });
        let case = |status| Case { name: "main".to_owned(), status, detail: first_line(&finished.stderr) };
        match finished.end {
            End::Exit(0) if compiles => None,
            End::Exit(0) if !finished.stdout.lines().any(|line| line == seal) => {
                found(Vec::new(), Verdict::Crash, "it ended before its last check")
            }
            End::Exit(0) => found(vec![Case { detail: String::new(), ..case(Status::Ok) }], Verdict::Ok, ""),
            End::Exit(_) if compiles => found(Vec::new(), Verdict::Compile, &finished.stderr),
            End::Exit(_) if finished.stderr.contains("AssertionError") => {
                found(vec![case(Status::Failed)], Verdict::Ok, "")
            }
            End::Exit(_) => found(vec![case(Status::Crashed)], Verdict::Ok, ""),
            End::Signal(_) => found(Vec::new(), Verdict::Crash, &finished.stderr),
            End::Timeout => found(Vec::new(), Verdict::Timeout, ""),
            End::Memory => found(Vec::new(), Verdict::Memory, ""),
            End::Output => found(Vec::new(), Verdict::Output, ""),
        }
    }

    fn plan_calls(&self, _questions: &Questions, _turn: Turn, _seal: &str) -> Result<Plan, PlanError> {
        Err(PlanError::Candidate("calls of Java programs are not answered".to_owned()))
    }
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}

/// The class that the first `public static void main` stands in: the last one opened before it.
fn main_class(text: &str) -> Option<String> {
    let before = &text[..text.find("static void main(")?];
    let words: Vec<&str> = before
        .split(|c: char| !c.is_alphanumeric() && c != '_' && c != '$')
        .filter(|w| !w.is_empty())
        .collect();
    let at = words.iter().rposition(|word| *word == "class")?;
    words.get(at + 1).map(|name| (*name).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_main_class() {
        let text = "class Solution { int f() { return 1; } }\npublic class Main {\n    public static void main(String[] args) {}\n}\n";
        assert_eq!(main_class(text).as_deref(), Some("Main"));
        assert_eq!(main_class("class Solution {}"), None);
    }
}
