//! Which tools are on this machine.

use crate::Infrastructure;
use grammars::LangId;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What installs everything that calque needs.
const REMEDY: &str = "run scripts/setup";
/// Looked at before the `PATH`, which may lead to versions in home directories that the sandbox hides.
const SYSTEM_FOLDERS: &[&str] = &["/usr/local/bin", "/usr/bin", "/bin"];

/// A program that a toolchain needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tool {
    /// The command's name.
    pub name: String,
    /// Where it was found.
    pub path: Option<PathBuf>,
    /// What it says about its version, in one line; empty where it is missing.
    pub version: String,
    /// Why it cannot be used.
    pub problem: Option<String>,
    /// What to do when it is missing.
    pub remedy: String,
}

/// The tools of one language, for `calque doctor`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Probe {
    /// The language.
    pub lang: LangId,
    /// What programs in it need here.
    pub tools: Vec<Tool>,
}

impl Probe {
    /// All tools can be used.
    pub fn usable(&self) -> bool {
        self.tools.iter().all(|tool| tool.problem.is_none())
    }
}

impl Tool {
    /// Looks for `name` and asks it for its version.
    pub fn find(name: &str, version_args: &[&str]) -> Tool {
        let path = find_program(name);
        let answer = match &path {
            Some(path) => ask(path, version_args),
            None => Err("it is not on the PATH".to_owned()),
        };
        let (version, problem) = match answer {
            Ok(version) => (version, None),
            Err(problem) => (String::new(), Some(problem)),
        };
        Tool { name: name.to_owned(), path, version, problem, remedy: REMEDY.to_owned() }
    }

    /// A tool that unit tests pretend to have found.
    #[cfg(test)]
    pub(crate) fn pretend(name: &str) -> Tool {
        let (path, version) = (Some(Path::new("/usr/bin").join(name)), format!("{name} 1.0"));
        Tool { name: name.to_owned(), path, version, problem: None, remedy: REMEDY.to_owned() }
    }

    /// Its path.
    ///
    /// # Errors
    /// [`Infrastructure::MissingTool`] where it cannot be used.
    pub fn require(&self) -> Result<&Path, Infrastructure> {
        match (&self.path, &self.problem) {
            (Some(path), None) => Ok(path),
            (_, problem) => Err(Infrastructure::MissingTool {
                tool: self.name.clone(),
                reason: problem.clone().unwrap_or_default(),
                remedy: self.remedy.clone(),
            }),
        }
    }

    /// The versions of a toolchain's tools, for records.
    pub fn versions(tools: &[Tool]) -> String {
        tools.iter().map(|tool| tool.version.as_str()).collect::<Vec<_>>().join(", ")
    }

    /// Folders outside of `/usr` that it needs to read: its own installation.
    pub fn roots(&self) -> Vec<PathBuf> {
        let installed = self.path.as_deref().and_then(|path| path.canonicalize().ok());
        let folder = installed.as_deref().and_then(Path::parent).map(|folder| {
            let is_bin = folder.file_name().is_some_and(|name| name == "bin");
            folder.parent().filter(|_| is_bin).unwrap_or(folder)
        });
        folder.filter(|folder| !folder.starts_with("/usr")).map(Path::to_owned).into_iter().collect()
    }
}

/// The first program of that name in the system's folders or on the `PATH`.
pub(crate) fn find_program(name: &str) -> Option<PathBuf> {
    let search = std::env::var_os("PATH").unwrap_or_default();
    SYSTEM_FOLDERS
        .iter()
        .map(PathBuf::from)
        .chain(std::env::split_paths(&search))
        .map(|folder| folder.join(name))
        .find(|path| path.is_file())
}

/// The first line of what `path` prints.
fn ask(path: &Path, args: &[&str]) -> Result<String, String> {
    let output = Command::new(path)
        .args(args)
        .stdin(Stdio::null())
        .output()
        .map_err(|e| format!("it does not start: {e}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    match text.lines().find(|line| !line.trim().is_empty()) {
        Some(line) if output.status.success() => Ok(line.trim().to_owned()),
        _ => Err(format!("`{} {}` ended with {}", path.display(), args.join(" "), output.status)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_tool_says_what_to_do() {
        let tool = Tool::find("no-such-compiler", &["--version"]);
        let error = tool.require().expect_err("missing");
        assert_eq!(
            error.to_string(),
            "no-such-compiler is not available (it is not on the PATH); run scripts/setup"
        );
    }

    #[test]
    fn a_tool_that_fails_is_missing() {
        let tool = Tool::find("false", &[]);
        assert!(tool.path.is_some() && tool.require().is_err(), "{tool:?}");
    }
}
