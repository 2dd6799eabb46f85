//! Times translation alone: no validation, no oracle, one thread, sources already in memory.
//!
//! `benches/translation_speed` calls it with the sets; the arguments are `NAME=FOLDER`. For every set and target it
//! prints megabytes of source and files per second, over all files and over those that can be translated.

use grammars::{Rejection, ir, surface};
use mimalloc::MiMalloc;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};
use translators::Target;

/// As in the command.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// As in the command: deep programs need deep stacks.
const STACK_BYTES: usize = 256 * 1024 * 1024;

/// Every stage is timed this often, and the fastest time counts.
const ROUNDS: usize = 3;

fn main() -> ExitCode {
    let sets: Vec<(String, PathBuf)> = std::env::args()
        .filter_map(|argument| {
            argument.split_once('=').map(|(name, folder)| (name.to_owned(), folder.into()))
        })
        .collect();
    let thread = std::thread::Builder::new().stack_size(STACK_BYTES);
    let timing = thread.spawn(move || sets.iter().try_for_each(|(name, folder)| set(name, folder)));
    match timing.expect("a thread").join().expect("no panic") {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}

/// The Python files below `folder`, sorted, or why there are none.
fn sources(folder: &Path) -> Result<Vec<(String, String)>, String> {
    let problem = |error| format!("The folder {} cannot be read: {error}.", folder.display());
    let mut found = Vec::new();
    let mut pending = vec![folder.to_owned()];
    while let Some(next) = pending.pop() {
        for entry in fs::read_dir(&next).map_err(problem)? {
            let path = entry.map_err(problem)?.path();
            if path.is_dir() {
                pending.push(path);
            } else if path.extension().is_some_and(|ending| ending == "py") {
                let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
                found.extend(fs::read_to_string(&path).ok().map(|text| (stem, text)));
            }
        }
    }
    found.sort();
    Ok(found)
}

/// The result of `work` and the shortest time that it took.
fn timed<T>(work: impl Fn() -> T) -> (T, Duration) {
    let once = || {
        let start = Instant::now();
        let result = work();
        (result, start.elapsed())
    };
    let (mut result, mut best) = once();
    // What takes long is measured well enough by one round.
    let rounds = if best > Duration::from_millis(200) { 1 } else { ROUNDS };
    for _ in 1..rounds {
        let (again, time) = once();
        (result, best) = (again, best.min(time));
    }
    (result, best)
}

/// Bytes, files and time of some programs.
#[derive(Clone, Copy, Default)]
struct Sum {
    bytes: usize,
    files: usize,
    time: Duration,
}

impl Sum {
    fn add(&mut self, bytes: usize, time: Duration) {
        self.bytes += bytes;
        self.files += 1;
        self.time += time;
    }

    fn print(&self, set: &str, what: &str) {
        let seconds = self.time.as_secs_f64().max(1e-9);
        let megabytes = self.bytes as f64 / 1e6;
        let (speed, rate) = (megabytes / seconds, self.files as f64 / seconds);
        #[expect(clippy::print_stdout, reason = "the figures are what the program is for")]
        {
            println!(
                "{set}: {what}: {:.2} MB/s, {rate:.0} files/s ({} files, {megabytes:.2} MB)",
                speed, self.files
            );
        }
    }
}

type Front = Result<surface::Module, Rejection>;
type Typed = Result<ir::Module, Rejection>;

fn set(name: &str, folder: &Path) -> Result<(), String> {
    let sources = sources(folder)?;
    let mut front_end = Sum::default();
    let mut inference = Sum::default();
    let mut slow: Vec<(Duration, String)> = Vec::new();
    let mut typed: Vec<(usize, Typed, Duration)> = Vec::new();
    for (stem, text) in &sources {
        let (program, reading): (Front, _) = timed(|| grammars::python::parse(stem, text));
        front_end.add(text.len(), reading);
        let mut time = reading;
        let module = program.and_then(|program| {
            let (module, preparing) = timed(|| translators::prepare(&program));
            inference.add(text.len(), preparing);
            time += preparing;
            module
        });
        slow.push((time, format!("{stem} ({} bytes)", text.len())));
        typed.push((text.len(), module, time));
    }
    front_end.print(name, "front end");
    inference.print(name, "inference and passes");
    for target in translators::targets() {
        self::target(name, *target, &typed);
    }
    slow.sort();
    for (time, file) in slow.iter().rev().take(3) {
        let what = Sum { bytes: 0, files: 1, time: *time };
        what.print(name, &format!("slowest before the targets, {file}"));
    }
    Ok(())
}

fn target(set: &str, target: &dyn Target, typed: &[(usize, Typed, Duration)]) {
    let (mut alone, mut all, mut translated) = (Sum::default(), Sum::default(), Sum::default());
    for (bytes, module, before) in typed {
        let Ok(module) = module else {
            all.add(*bytes, *before);
            continue;
        };
        let (result, time) = timed(|| target.translate(module));
        alone.add(*bytes, time);
        all.add(*bytes, *before + time);
        if result.is_ok() {
            translated.add(*bytes, *before + time);
        }
    }
    let name = &target.spec().id;
    alone.print(set, &format!("{name} alone"));
    all.print(set, &format!("source to {name}, all files"));
    translated.print(set, &format!("source to {name}, files that translate"));
}
