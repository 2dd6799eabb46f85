//! Makes a lowered program plainer: first values become `VALUE` clauses, tables that are never used
//! as a whole get a fixed size, equal `MOVE`s become one, and a paragraph that is performed once
//! is written where it is needed.

use super::tree::{Cond, DataItem, Expr, Program, Ref, Stmt};
use super::walk::{blocks, blocks_mut, each_ref, each_stmt};
use std::collections::{BTreeMap, BTreeSet};

/// Items that are set up anew for each call take at most this many bytes.
const LARGEST_LOCAL: usize = 200_000;
/// One `MOVE` has at most this many receiving items.
const MOST_TARGETS: usize = 5;
/// The most digits of a binary item.
const MOST_DIGITS: usize = 18;

/// The plainer form of `program`.
pub fn run(mut program: Program) -> Program {
    leave_once(&mut program.body);
    write_out_single_stops(&mut program);
    fix_tables(&mut program);
    if !program.using.is_empty() && program.storage.iter().map(size).sum::<usize>() <= LARGEST_LOCAL {
        first_values(&mut program);
    }
    simplify(&mut program.body);
    program.paragraphs.iter_mut().for_each(|paragraph| simplify(&mut paragraph.body));
    program
}

/// One `GOBACK` at the end stands for those at the ends of its branches.
fn leave_once(body: &mut Vec<Stmt>) {
    if strip_goback(body) {
        body.push(Stmt::Goback);
    }
}

/// Takes the `GOBACK`s away that end a block or its branches; whether there were any.
fn strip_goback(block: &mut Vec<Stmt>) -> bool {
    let mut found = false;
    while block.last() == Some(&Stmt::Goback) {
        block.pop();
        found = true;
    }
    match block.last_mut() {
        Some(Stmt::If(cond, yes, no)) => {
            found |= strip_goback(yes);
            found |= strip_goback(no);
            if yes.is_empty() && !no.is_empty() {
                *cond = cond.clone().negated();
                std::mem::swap(yes, no);
            } else if yes.is_empty() && found {
                block.pop();
            }
        }
        Some(Stmt::Evaluate(whens, other)) => {
            for branch in whens.iter_mut().map(|(_, branch)| branch).chain([other]) {
                found |= strip_goback(branch);
            }
        }
        _ => {}
    }
    found
}

/// Writes out a paragraph that stops the run where the only `PERFORM` of it stands.
fn write_out_single_stops(program: &mut Program) {
    let mut performed: BTreeMap<String, usize> = BTreeMap::new();
    let bodies = program.paragraphs.iter().map(|paragraph| &paragraph.body);
    for body in bodies.chain([&program.body]) {
        each_stmt(body, &mut |stmt| {
            if let Stmt::PerformParagraph(name) = stmt {
                *performed.entry(name.clone()).or_default() += 1;
            }
        });
    }
    let single = |name: &str| performed.get(name) == Some(&1);
    let (stops, kept): (Vec<_>, Vec<_>) = std::mem::take(&mut program.paragraphs)
        .into_iter()
        .partition(|p| single(&p.name) && matches!(p.body.last(), Some(Stmt::StopRun { failed: true })));
    program.paragraphs = kept;
    for stop in stops {
        replace_perform(&mut program.body, &stop.name, &stop.body);
        for paragraph in &mut program.paragraphs {
            replace_perform(&mut paragraph.body, &stop.name, &stop.body);
        }
    }
}

fn replace_perform(block: &mut Vec<Stmt>, name: &str, body: &[Stmt]) {
    let performs = |stmt: &Stmt| matches!(stmt, Stmt::PerformParagraph(performed) if performed == name);
    if let Some(at) = block.iter().position(performs) {
        block.splice(at..=at, body.iter().cloned());
    }
    for stmt in block {
        blocks_mut(stmt).into_iter().for_each(|inner| replace_perform(inner, name, body));
    }
}

/// A table depends on its count only so that its record can be moved, compared or sorted as a whole.
fn fix_tables(program: &mut Program) {
    let (mut whole, mut sorted): (BTreeSet<String>, BTreeSet<String>) = Default::default();
    let bodies = program.paragraphs.iter().map(|paragraph| &paragraph.body);
    for body in bodies.chain([&program.body]) {
        each_stmt(body, &mut |stmt| match stmt {
            Stmt::Call(..) => {}
            Stmt::Sort { table, .. } => {
                sorted.insert(table.clone());
            }
            other => each_ref(other, &mut |item| {
                whole.insert(item.name.clone());
            }),
        });
    }
    for record in program.storage.iter_mut().chain(&mut program.linkage) {
        let used = whole.contains(&record.name);
        for table in record.children.iter_mut().filter(|table| !used && !sorted.contains(&table.name)) {
            if let Some(occurs) = &mut table.occurs {
                occurs.depending_on = None;
            }
        }
    }
}

/// Bytes that an item takes, roughly.
fn size(item: &DataItem) -> usize {
    let own = match &item.picture {
        Some(picture) => picture
            .strip_prefix("PIC X(")
            .and_then(|rest| rest.trim_end_matches(')').parse().ok())
            .unwrap_or(8),
        None => item.children.iter().map(size).fold(0, usize::saturating_add),
    };
    own.saturating_mul(item.occurs.as_ref().map_or(1, |occurs| occurs.times))
}

/// Values that items get before anything else happens to them become their `VALUE`s.
fn first_values(program: &mut Program) {
    let records = records(&program.storage);
    let mut touched: BTreeSet<&str> = BTreeSet::new();
    let mut values: BTreeMap<String, String> = BTreeMap::new();
    let mut kept = vec![true; program.body.len()];
    for (at, stmt) in program.body.iter().enumerate() {
        if let Some((item, value)) = constant(stmt)
            && let Some(record) = records.get(item)
            && !touched.contains(record.as_str())
            && !values.contains_key(item)
        {
            values.insert(item.to_string(), value);
            kept[at] = false;
            continue;
        }
        if !plain_flow(stmt) {
            break;
        }
        let mut touch = |inner: &Stmt| {
            each_ref(inner, &mut |item| {
                if let Some(record) = records.get(&item.name) {
                    touched.insert(record);
                }
            });
            if let Stmt::Sort { table, .. } = inner
                && let Some(record) = records.get(table)
            {
                touched.insert(record);
            }
        };
        each_stmt(std::slice::from_ref(stmt), &mut touch);
    }
    let mut unset = BTreeSet::new();
    for item in &mut program.storage {
        set_value(item, &values, &mut unset);
    }
    let mut kept = kept.into_iter();
    program.body.retain(|stmt| {
        kept.next().unwrap_or(true) || constant(stmt).is_some_and(|(item, _)| unset.contains(item))
    });
    program.local |= values.keys().any(|item| !unset.contains(item));
}

/// Whether control goes on to the next statement, or leaves the program, and nothing is performed
/// out of line.
fn plain_flow(stmt: &Stmt) -> bool {
    let own = !matches!(stmt, Stmt::PerformParagraph(_));
    own && blocks(stmt).into_iter().flatten().all(plain_flow)
}

/// The record of each item of `storage` and of the condition names.
fn records(storage: &[DataItem]) -> BTreeMap<String, String> {
    fn below(item: &DataItem, record: &str, records: &mut BTreeMap<String, String>) {
        let names = [Some(&item.name), item.condition.as_ref()];
        records.extend(names.into_iter().flatten().map(|name| (name.clone(), record.to_string())));
        item.children.iter().for_each(|child| below(child, record, records));
    }
    let mut records = BTreeMap::new();
    storage.iter().for_each(|item| below(item, &item.name, &mut records));
    records
}

/// The item that a statement sets to a literal, or its condition name, and the literal as printed.
fn constant(stmt: &Stmt) -> Option<(&str, String)> {
    let plain = |item: &Ref| item.subscripts.is_empty() && item.part.is_none();
    match stmt {
        Stmt::Set(item, value) if plain(item) => Some((&item.name, i32::from(*value).to_string())),
        Stmt::Move(value, item) if plain(item) => match value {
            Expr::Number(text) if text.len() <= MOST_DIGITS && !text.contains('.') => {
                Some((&item.name, text.clone()))
            }
            Expr::Figurative(word) => Some((&item.name, (*word).to_string())),
            _ => None,
        },
        _ => None,
    }
}

/// Sets the values of `item` and what is below it; names of values that have no elementary item
/// outside a table for them go to `unset`.
fn set_value(item: &mut DataItem, values: &BTreeMap<String, String>, unset: &mut BTreeSet<String>) {
    let by_name = values.get(&item.name);
    let by_condition = item.condition.as_ref().and_then(|condition| values.get(condition));
    if let Some(value) = by_name.or(by_condition) {
        let numeric = value.starts_with(|c: char| c == '-' || c.is_ascii_digit());
        let is_number = |picture: &str| picture.contains("COMP") || picture == "PIC 9";
        let fits = item
            .picture
            .as_deref()
            .is_some_and(|picture| if numeric { is_number(picture) } else { picture.starts_with("PIC X") });
        if fits && item.occurs.is_none() && item.value.is_none() {
            item.value = Some(value.clone());
        } else {
            unset.insert(item.name.clone());
            unset.extend(item.condition.clone());
        }
    }
    if item.occurs.is_none() {
        item.children.iter_mut().for_each(|child| set_value(child, values, unset));
    } else {
        let inner = records(&item.children);
        unset.extend(inner.into_keys().filter(|name| values.contains_key(name)));
    }
}

/// `MOVE 0 TO A` and `MOVE 0 TO B` in a row become `MOVE 0 TO A B`; choices that are known are made.
fn simplify(block: &mut Vec<Stmt>) {
    let mut merged: Vec<Stmt> = Vec::with_capacity(block.len());
    for mut stmt in std::mem::take(block) {
        blocks_mut(&mut stmt).into_iter().for_each(simplify);
        let literal = |e: &Expr| matches!(e, Expr::Number(_) | Expr::Text(_) | Expr::Figurative(_));
        match (merged.last_mut(), stmt) {
            (_, Stmt::Move(Expr::Ref(from), to)) if from == to => {}
            (_, Stmt::If(cond, yes, _)) if cond == Cond::constant(true) => merged.extend(yes),
            (_, Stmt::If(cond, _, no)) if cond == Cond::constant(false) => merged.extend(no),
            (Some(Stmt::MoveToAll(value, targets)), Stmt::Move(same, target))
                if *value == same && targets.len() < MOST_TARGETS && alike(&targets[0], &target) =>
            {
                targets.push(target);
            }
            (Some(last), Stmt::Move(same, target)) => match last {
                Stmt::Move(value, first) if *value == same && literal(value) && alike(first, &target) => {
                    *last = Stmt::MoveToAll(same, vec![first.clone(), target]);
                }
                _ => merged.push(Stmt::Move(same, target)),
            },
            (_, stmt) => merged.push(stmt),
        }
    }
    *block = merged;
}

/// Whether two items may receive a value together: both outside tables, or elements of one.
fn alike(a: &Ref, b: &Ref) -> bool {
    a.part.is_none()
        && b.part.is_none()
        && (a.name == b.name || a.subscripts.is_empty() && b.subscripts.is_empty())
}

#[cfg(test)]
mod tests {
    use super::super::tree::{Paragraph, Relation};
    use super::*;

    fn program(storage: Vec<DataItem>, body: Vec<Stmt>) -> Program {
        Program { id: "P".to_string(), using: vec!["N".to_string()], storage, body, ..Program::default() }
    }

    fn int(name: &str) -> DataItem {
        DataItem::elementary(name, "PIC S9(18) COMP-5")
    }

    fn zero(name: &str) -> Stmt {
        Stmt::Move(Expr::int(0), Ref::item(name))
    }

    #[test]
    fn a_first_value_is_part_of_the_description() {
        let tidy = run(program(vec![int("A"), int("B")], vec![zero("A"), Stmt::Goback]));
        assert_eq!(tidy.storage[0].value.as_deref(), Some("0"));
        assert_eq!(tidy.body, vec![Stmt::Goback]);
        assert!(tidy.local);
    }

    #[test]
    fn a_value_that_comes_later_stays_a_statement() {
        let copy = Stmt::Move(Ref::item("A").into(), Ref::item("B"));
        let body = vec![copy, zero("A"), Stmt::Goback];
        let tidy = run(program(vec![int("A"), int("B")], body.clone()));
        assert_eq!(tidy.body, body);
        assert!(!tidy.local);
    }

    #[test]
    fn a_program_is_left_in_one_place() {
        let cond = Cond::relation(Ref::item("N"), Relation::Gt, Expr::int(9));
        let branch = |name: &str| vec![zero(name), Stmt::Goback];
        let mut body = vec![Stmt::If(cond.clone(), branch("A"), branch("B"))];
        leave_once(&mut body);
        assert_eq!(body, vec![Stmt::If(cond, vec![zero("A")], vec![zero("B")]), Stmt::Goback]);
    }

    #[test]
    fn equal_moves_become_one() {
        let mut body = vec![zero("R"), zero("S"), Stmt::Goback];
        simplify(&mut body);
        assert_eq!(body[0], Stmt::MoveToAll(Expr::int(0), vec![Ref::item("R"), Ref::item("S")]));
        assert_eq!(body.len(), 2);
    }

    #[test]
    fn a_paragraph_performed_once_is_written_out() {
        let stop = Paragraph { name: "FULL".to_string(), body: vec![Stmt::StopRun { failed: true }] };
        let perform = Stmt::PerformParagraph("FULL".to_string());
        let full = Cond::relation(Ref::item("N"), Relation::Gt, Expr::int(9));
        let once = vec![Stmt::If(full.clone(), vec![perform.clone()], vec![]), Stmt::Goback];
        let mut written = program(vec![], once);
        written.paragraphs.push(stop.clone());
        let tidy = run(written);
        assert!(tidy.paragraphs.is_empty());
        assert_eq!(tidy.body[0], Stmt::If(full, vec![Stmt::StopRun { failed: true }], vec![]));
        let mut twice = program(vec![], vec![perform.clone(), perform]);
        twice.paragraphs.push(stop);
        assert_eq!(run(twice).paragraphs.len(), 1);
    }
}
