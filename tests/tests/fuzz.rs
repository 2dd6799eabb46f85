//! Programs that were damaged in many ways: whatever comes in, a stage answers or rejects, and soon.
//!
//! The damage is drawn from a fixed seed. `CALQUE_FUZZ_SECONDS` says how long to go on (a few seconds by default), and
//! `CALQUE_FUZZ_SEED` where to start. What fails is printed with the seed of the case.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use std::{fs, panic, thread};

/// As in the command: deep programs need deep stacks.
const STACK_BYTES: usize = 256 * 1024 * 1024;

/// Time for one case, in a build without optimisation on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

/// A small generator of numbers that look random (xorshift).
struct Dice(u64);

impl Dice {
    fn new(seed: u64) -> Dice {
        Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number below `limit`, which is not zero.
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 11).unwrap_or(0) % limit.max(1)
    }

    fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }
}

/// The example programs with this ending, sorted by path.
fn examples(ending: &str) -> Vec<String> {
    let mut pending = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpora/examples")];
    let mut paths: Vec<PathBuf> = Vec::new();
    while let Some(folder) = pending.pop() {
        for entry in fs::read_dir(folder).expect("a readable folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                pending.push(path);
            } else if path.extension().is_some_and(|found| found == ending) {
                paths.push(path);
            }
        }
    }
    paths.sort();
    let texts = paths.iter().map(|path| fs::read_to_string(path).expect("UTF-8"));
    texts.filter(|text| !text.trim().is_empty()).collect()
}

/// Words, and everything between them one character at a time.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    let is_word = |letter: char| letter.is_alphanumeric() || letter == '_';
    for letter in text.chars() {
        match tokens.last_mut() {
            Some(last) if is_word(letter) && last.chars().all(is_word) => last.push(letter),
            _ => tokens.push(letter.to_string()),
        }
    }
    tokens
}

/// Deletes, doubles, swaps or replaces a part, or puts one of `others` before it.
fn shuffle(parts: &mut Vec<String>, others: &[String], dice: &mut Dice) {
    let at = dice.below(parts.len());
    match dice.below(5) {
        0 if parts.len() > 1 => drop(parts.remove(at)),
        1 => parts.insert(at, parts[at].clone()),
        2 => {
            let with = dice.below(parts.len());
            parts.swap(at, with);
        }
        3 => parts[at] = dice.pick(others).clone(),
        _ => parts.insert(at, dice.pick(others).clone()),
    }
}

/// Words that stand for much: operators, keywords, literals that are hard to hold.
const HARD: [&str; 24] = [
    "None",
    "True",
    "[]",
    "{}",
    "()",
    "lambda x: x",
    "yield",
    "*",
    "**",
    "0",
    "-1",
    "1e400",
    "\"\"",
    "self",
    "return",
    "99999999999999999999999999",
    "x if y else z",
    "[i for i in x]",
    "not",
    "is",
    "'\\n'",
    "f\"{x!r:>{y}}\"",
    "é",
    "await",
];

/// A deep or long nest of one construct, inside a function.
fn nest(dice: &mut Dice) -> String {
    let depth = [5, 50, 150, 3000][dice.below(4)];
    let (open, inside, close) = *dice.pick(&[
        ("(", "x", ")"),
        ("[", "x", "]"),
        ("not ", "x", ""),
        ("-", "x", ""),
        ("f(", "x", ")"),
        ("x + ", "x", ""),
        ("", "x", ".y"),
        ("", "x", "[0]"),
        ("x if x else ", "x", ""),
        ("{1: ", "x", "}"),
        ("x < ", "x", ""),
        ("lambda: ", "x", ""),
        ("x and ", "x", ""),
        ("[y for y in ", "x", "]"),
        ("x ** ", "x", ""),
        ("\"a\" ", "\"b\"", ""),
    ]);
    let value = format!("{}{inside}{}", open.repeat(depth), close.repeat(depth));
    format!("def f(x):\n    return {value}\n\n\nassert f(1) == 1\n")
}

/// A damaged program.
fn damaged(programs: &[String], dice: &mut Dice) -> String {
    if dice.below(20) == 0 {
        return nest(dice);
    }
    let mut text = dice.pick(programs).clone();
    for _ in 0..=dice.below(4) {
        let other = dice.pick(programs).clone();
        match dice.below(4) {
            0 => {
                let mut lines: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
                let mut others: Vec<String> = other.split_inclusive('\n').map(str::to_owned).collect();
                others.push("    ".to_owned());
                shuffle(&mut lines, &others, dice);
                text = lines.concat();
            }
            1 => {
                let mut bytes = text.into_bytes();
                let at = dice.below(bytes.len());
                if let Some(byte) = bytes.get_mut(at) {
                    *byte = u8::try_from(dice.below(256)).unwrap_or(0);
                }
                text = String::from_utf8_lossy(&bytes).into_owned();
            }
            2 => {
                let mut parts = tokens(&text);
                let hard: Vec<String> = HARD.iter().map(|word| (*word).to_owned()).collect();
                shuffle(&mut parts, &hard, dice);
                text = parts.concat();
            }
            _ => {
                let mut parts = tokens(&text);
                shuffle(&mut parts, &tokens(&other), dice);
                text = parts.concat();
            }
        }
        if text.is_empty() {
            text.push('\n');
        }
    }
    text
}

/// Feeds damaged `programs` to `stage` until the time is up; prints the seed of what fails.
fn fuzz(programs: Vec<String>, stage: fn(&str)) {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let seconds = number("CALQUE_FUZZ_SECONDS").unwrap_or(4);
    let first = number("CALQUE_FUZZ_SEED").unwrap_or(1);
    assert!(!programs.is_empty(), "there are no examples");
    let work = move || {
        let start = Instant::now();
        let mut cases = 0;
        for seed in first.. {
            if start.elapsed() > Duration::from_secs(seconds) {
                break;
            }
            let text = damaged(&programs, &mut Dice::new(seed));
            let begun = Instant::now();
            let outcome = panic::catch_unwind(|| stage(&text));
            let time = begun.elapsed();
            assert!(outcome.is_ok(), "seed {seed} panics:\n{text}");
            assert!(time < PATIENCE, "seed {seed} takes {} s:\n{text}", time.as_secs());
            cases += 1;
        }
        eprintln!("{cases} cases from seed {first}");
        assert!(cases > 0);
    };
    let thread = thread::Builder::new().stack_size(STACK_BYTES).spawn(work).expect("a thread");
    thread.join().unwrap_or_else(|panic| panic::resume_unwind(panic));
}

fn to_all_targets(module: &grammars::ir::Module) {
    for target in translators::targets() {
        if let Err(rejection) = target.translate(module) {
            assert!(!rejection.message.is_empty());
        }
    }
}

#[test]
fn damaged_python_is_translated_or_rejected() {
    fuzz(examples("py"), |text| {
        if let Ok(surface) = grammars::python::parse("fuzz", text)
            && let Ok(module) = translators::prepare(&surface)
        {
            to_all_targets(&module);
        }
    });
}

#[test]
fn damaged_java_is_translated_or_rejected() {
    fuzz(examples("java"), |text| {
        if let Ok(module) = grammars::java::parse("Fuzz", text).and_then(translators::analysed) {
            to_all_targets(&module);
        }
    });
}

#[test]
fn damaged_translations_are_parsed_or_refused() {
    let mut outputs = Vec::new();
    for source in examples("py") {
        let Ok(surface) = grammars::python::parse("fuzz", &source) else { continue };
        let Ok(module) = translators::prepare(&surface) else { continue };
        let translations = translators::targets().iter().filter_map(|target| target.translate(&module).ok());
        outputs.extend(translations.flat_map(|translation| [translation.program, translation.tests]));
    }
    outputs.retain(|text| !text.is_empty());
    fuzz(outputs, |text| {
        // Only that an answer comes is asked here.
        drop(grammars::targets::julia::check(text));
        drop(grammars::targets::fortran::check(text));
        drop(grammars::targets::cobol::parse(text));
    });
}

#[test]
fn damaged_tables_are_read_or_refused() {
    let rows = |text: &String| serde_json::json!({"task_id": "a/0", "prompt": text, "canonical_solution": "", "test": "", "entry_point": "f"});
    let lines = examples("py").iter().map(|text| format!("{}\n", rows(text))).collect();
    fuzz(lines, |text| {
        let file = tempfile::Builder::new().suffix(".jsonl").tempfile().expect("a file");
        fs::write(file.path(), text).expect("written");
        if let Ok(inputs) = corpora::readers::read(file.path(), &corpora::readers::ReadOptions::default()) {
            drop(inputs.map(|input| input.is_ok()).collect::<Vec<_>>());
        }
    });
}
