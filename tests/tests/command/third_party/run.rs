//! Running plain toolchains: with a time limit, and on all cores.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// What a process printed, and whether it ended well.
pub struct Ran {
    pub success: bool,
    pub stdout: String,
    pub stderr: String,
}

/// Runs `program` in `folder` for at most `limit`; `Err` when it cannot be started or takes longer.
pub fn run(
    program: &Path,
    args: &[&str],
    folder: &Path,
    input: &str,
    limit: Duration,
) -> Result<Ran, String> {
    let [stdin, stdout, stderr] = [".stdin", ".stdout", ".stderr"].map(|name| folder.join(name));
    fs::write(&stdin, input).expect("written");
    let create = |path: &Path| Stdio::from(File::create(path).expect("created"));
    let mut child = Command::new(program)
        .args(args)
        .current_dir(folder)
        .stdin(File::open(&stdin).expect("just written"))
        .stdout(create(&stdout))
        .stderr(create(&stderr))
        .spawn()
        .map_err(|error| format!("start: {}: {error}", program.display()))?;
    let start = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().expect("waited for") {
            break status;
        }
        if start.elapsed() > limit {
            child.kill().expect("killed");
            child.wait().expect("waited for");
            return Err("timeout: it did not end".to_owned());
        }
        thread::sleep(Duration::from_millis(2));
    };
    let read = |path: &Path| String::from_utf8_lossy(&fs::read(path).expect("written")).into_owned();
    Ok(Ran { success: status.success(), stdout: read(&stdout), stderr: read(&stderr) })
}

/// The results of `work` on all items, in order, by as many workers as there are cores.
pub fn on_all_cores<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<(usize, R)>> = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some((place, item)) = Some(next.fetch_add(1, Ordering::Relaxed))
                    .and_then(|place| Some((place, items.get(place)?)))
                {
                    let result = work(item);
                    done.lock().expect("no worker panicked").push((place, result));
                }
            });
        }
    });
    let mut done = done.into_inner().expect("no worker panicked");
    done.sort_by_key(|(place, _)| *place);
    done.into_iter().map(|(_, result)| result).collect()
}
