//! calque starts itself again for work that needs a process of its own: this says as what.

use std::process::ExitCode;

/// The first argument of a process that is a helper.
const MARK: &str = "calque-helper";

/// What a helper does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Runs programs from a shared object, within the sandbox.
    Runner,
    /// Is the sandbox that others run in.
    Cell,
}

impl Mode {
    const ALL: &[Mode] = &[Mode::Runner, Mode::Cell];

    fn word(self) -> &'static str {
        match self {
            Mode::Runner => "runner",
            Mode::Cell => "cell",
        }
    }
}

/// The arguments that start a helper.
pub(crate) fn arguments(mode: Mode) -> Vec<String> {
    [MARK, mode.word()].map(str::to_owned).to_vec()
}

/// Does a helper's work if this process was started as one. A binary that [`Config::helper`](crate::Config)
/// names must call this first of all, before it starts a thread, and end with what it returns.
pub fn main_if_helper() -> Option<ExitCode> {
    let arguments: Vec<String> =
        std::env::args_os().skip(1).map_while(|word| word.into_string().ok()).collect();
    let [mark, word] = arguments.as_slice() else { return None };
    let mode = Mode::ALL.iter().find(|mode| mark == MARK && word == mode.word())?;
    Some(match mode {
        Mode::Runner => crate::runner::main(),
        Mode::Cell => crate::cell::main(),
    })
}
