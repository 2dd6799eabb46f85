//! The program between the third party's layout and ours: it converts the arguments, calls our program, and converts
//! its result.

use super::layout::{Item, Program, Shape};
use std::fmt::Write;

/// What the bridge is called; the third party's tests call it in place of the solution.
pub const NAME: &str = "BRIDGE-TO-SOLUTION";

/// The bridge from `theirs`, the fields of their group, to the program that `entry` means, or why there is none.
pub fn bridge(programs: &[Program], entry: &str, theirs: &[Item]) -> Result<String, String> {
    let (result, arguments) = theirs.split_last().ok_or("shape: no result")?;
    let fit = |program: &&Program| fit(program, arguments, result);
    let called: Vec<&Program> = programs.iter().filter(|program| is_meant(program, entry)).collect();
    let program = called.iter().filter(|p| fit(p).is_some()).max_by_key(|p| fit(p));
    let program =
        program.ok_or_else(|| format!("shape: no program for {entry} suits {theirs:?}: {called:?}"))?;
    let mut writer = Writer::default();
    for (place, (argument, ours)) in arguments.iter().zip(&program.parameters).enumerate() {
        writer.argument(&format!("THEIR-{}", place + 1), argument, ours)?;
    }
    let names: Vec<&str> = program.parameters.iter().map(|item| item.name.as_str()).collect();
    writer.line(&format!("CALL \"{}\" USING {}", program.name, names.join(" ")));
    writer.result(result, &program.parameters[arguments.len()])?;
    Ok(writer.finish(program, theirs))
}

/// A program whose name is that of the function, of a copy for other types, or made free of a reserved word.
fn is_meant(program: &Program, entry: &str) -> bool {
    let plain = |name: &str| name.replace(['-', '_'], "").to_uppercase();
    let (name, entry) = (plain(&program.name), plain(entry));
    let copies = ["PROGRAM", "REAL", "INTEGER", "TEXT", "LIST"];
    name.strip_prefix(&entry).is_some_and(|rest| rest.is_empty() || copies.contains(&rest))
}

/// How well our parameters suit their fields.
fn fit(program: &Program, arguments: &[Item], result: &Item) -> Option<usize> {
    if program.parameters.len() <= arguments.len() {
        return None;
    }
    let pairs = arguments.iter().chain([result]).zip(&program.parameters);
    let scores = pairs.map(|(theirs, ours)| {
        let is_list = matches!(ours.shape(), Shape::List { .. });
        let is_text = matches!(ours.shape(), Shape::Text { .. } | Shape::Plain { is_text: true });
        let is_single_text = theirs.occurs.is_none() && theirs.clause.contains("PIC X");
        let same_usage = theirs.clause.contains("COMP-2") == ours.clause.contains("COMP-2");
        let suits = theirs.occurs.is_some() || !is_list && is_single_text == is_text;
        suits.then_some(usize::from(same_usage) + usize::from(is_list == theirs.occurs.is_some()))
    });
    // Only a copy for other types may be ruled out: a result may be optional.
    let scores: Vec<Option<usize>> = scores.collect();
    let unsuitable = scores[..arguments.len()].iter().any(Option::is_none);
    (!unsuitable).then(|| scores.into_iter().flatten().sum())
}

#[derive(Default)]
struct Writer {
    body: String,
    counters: usize,
}

impl Writer {
    fn line(&mut self, text: &str) {
        writeln!(self.body, "           {text}").expect("a string takes everything");
    }

    fn counter(&mut self) -> String {
        self.counters += 1;
        format!("BRIDGE-POS-{}", self.counters)
    }

    /// From their field to our parameter.
    fn argument(&mut self, source: &str, theirs: &Item, ours: &Item) -> Result<(), String> {
        let Some(length) = theirs.occurs else { return self.value(source, &theirs.clause, ours, "") };
        match ours.shape() {
            Shape::List { count, item } => {
                let counter = self.counter();
                self.line(&format!("MOVE {length} TO {count}"));
                self.line(&format!("PERFORM VARYING {counter} FROM 1 BY 1 UNTIL {counter} > {length}"));
                let place = format!("({counter})");
                self.value(&format!("{source}{place}"), &theirs.clause, item, &place)?;
                self.line("END-PERFORM");
            }
            Shape::Optional { presence, value } => {
                self.line(&format!("MOVE 1 TO {presence}"));
                self.argument(source, theirs, value)?;
            }
            _ => return Err(format!("shape: a table becomes {ours:?}")),
        }
        Ok(())
    }

    /// From one of their values to one of ours, which `place` selects.
    fn value(&mut self, source: &str, clause: &str, ours: &Item, place: &str) -> Result<(), String> {
        match ours.shape() {
            Shape::Plain { .. } => self.line(&format!("MOVE {source} TO {}{place}", ours.name)),
            Shape::Text { length, chars } if clause.contains("PIC X") => {
                self.line(&format!("MOVE {source} TO {chars}{place}"));
                self.line(&format!("IF {source} = SPACES"));
                self.line(&format!("MOVE 0 TO {length}{place}"));
                self.line("ELSE");
                let trimmed = format!("FUNCTION LENGTH(FUNCTION TRIM({source} TRAILING))");
                self.line(&format!("MOVE {trimmed} TO {length}{place}"));
                self.line("END-IF");
            }
            Shape::Optional { presence, value } => {
                self.line(&format!("MOVE 1 TO {presence}{place}"));
                self.value(source, clause, value, place)?;
            }
            Shape::Fields([only]) => self.value(source, clause, only, place)?,
            _ => return Err(format!("shape: {clause} becomes {ours:?}")),
        }
        Ok(())
    }

    /// From our result to their field.
    fn result(&mut self, theirs: &Item, ours: &Item) -> Result<(), String> {
        let Some(most) = theirs.occurs else { return self.single(ours, "", "THEIR-RESULT") };
        match ours.shape() {
            Shape::List { count, item } => {
                let counter = self.counter();
                let until = format!("UNTIL {counter} > {count} OR {counter} > {most}");
                self.line(&format!("PERFORM VARYING {counter} FROM 1 BY 1 {until}"));
                let place = format!("({counter})");
                self.single(item, &place, &format!("THEIR-RESULT{place}"))?;
                self.line("END-PERFORM");
            }
            Shape::Fields(fields) => {
                for (place, field) in fields.iter().enumerate() {
                    self.single(field, "", &format!("THEIR-RESULT({})", place + 1))?;
                }
            }
            Shape::Optional { presence, value } => {
                self.line(&format!("IF {presence} = 1"));
                self.result(theirs, value)?;
                self.line("END-IF");
            }
            _ => return Err(format!("shape: {ours:?} becomes a table")),
        }
        Ok(())
    }

    fn single(&mut self, ours: &Item, place: &str, target: &str) -> Result<(), String> {
        match ours.shape() {
            Shape::Plain { .. } => self.line(&format!("MOVE {}{place} TO {target}", ours.name)),
            Shape::Text { length, chars } => {
                self.line(&format!("MOVE SPACES TO {target}"));
                self.line(&format!("IF {length}{place} > 0"));
                let index = place.trim_matches(['(', ')']);
                let length = if index.is_empty() { length.to_owned() } else { format!("{length}({index})") };
                self.line(&format!("MOVE {chars}{place}(1:{length}) TO {target}"));
                self.line("END-IF");
            }
            Shape::Optional { presence, value } => {
                self.line(&format!("IF {presence}{place} = 1"));
                self.single(value, place, target)?;
                self.line("END-IF");
            }
            Shape::Fields([only]) => self.single(only, place, target)?,
            _ => return Err(format!("shape: {ours:?} becomes a single field")),
        }
        Ok(())
    }

    /// The whole program. Our parameters lie in its working storage, described as in our program.
    fn finish(self, program: &Program, theirs: &[Item]) -> String {
        let mut text =
            format!("       IDENTIFICATION DIVISION.\n       PROGRAM-ID. {NAME}.\n       DATA DIVISION.\n");
        text.push_str("       WORKING-STORAGE SECTION.\n");
        for number in 1..=self.counters {
            text.push_str(&format!("       01  BRIDGE-POS-{number} PIC S9(9) COMP-5.\n"));
        }
        text.push_str(program.linkage.trim_matches('\n'));
        text.push_str("\n       LINKAGE SECTION.\n       01  THEIR-ITEMS.\n");
        for (place, item) in theirs.iter().enumerate() {
            let name = if place + 1 == theirs.len() { "RESULT".to_owned() } else { (place + 1).to_string() };
            let occurs = item.occurs.map_or_else(String::new, |times| format!(" OCCURS {times} TIMES"));
            text.push_str(&format!("           05 THEIR-{name}{occurs} {}.\n", item.clause));
        }
        let body = self.body;
        text.push_str(&format!("       PROCEDURE DIVISION USING THEIR-ITEMS.\n{body}           GOBACK.\n"));
        text + &format!("       END PROGRAM {NAME}.\n")
    }
}
