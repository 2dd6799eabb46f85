//! Many programs as one text for the compiler.

use crate::toolchains::compiled::{self, random};
use crate::{Candidate, Infrastructure};
use grammars::Level;
use grammars::targets::fortran::{self, Parts};
use std::collections::BTreeSet;

/// A candidate that can be compiled in one text with others.
pub(super) struct Member<'a> {
    /// Its place among the candidates that were asked about.
    pub index: usize,
    pub candidate: &'a Candidate,
    pub upto: Level,
    /// The modules that it defines.
    modules: Vec<String>,
    /// Every name in it, in lower case.
    names: BTreeSet<String>,
    /// Its tests, where they are to run.
    tests: Option<Parts>,
    /// The number that its last statement gives to whoever called it.
    pub proof: i32,
    /// The line that stands for the proof where the plain plan expects its seal.
    pub seal: String,
}

impl<'a> Member<'a> {
    /// `None` where the candidate has to be judged alone.
    pub(super) fn new(
        index: usize,
        candidate: &'a Candidate,
        upto: Level,
    ) -> Result<Option<Self>, Infrastructure> {
        let Some(program) = fortran::parts(&candidate.program).filter(|parts| parts.main.is_none()) else {
            return Ok(None);
        };
        let tests = match upto {
            Level::Tests | Level::Agree => match fortran::parts(&candidate.tests) {
                Some(tests) if tests.main.is_some() => Some(tests),
                _ => return Ok(None),
            },
            _ => None,
        };
        let in_tests = tests.iter().flat_map(|tests| &tests.modules);
        let modules: Vec<String> = program.modules.iter().chain(in_tests).cloned().collect();
        let uses = program.uses.iter().chain(tests.iter().flat_map(|tests| &tests.uses));
        let distinct: BTreeSet<&String> = modules.iter().collect();
        if modules.is_empty()
            || distinct.len() < modules.len()
            || uses.into_iter().any(|used| !modules.contains(used))
        {
            return Ok(None);
        }
        let in_tests = tests.iter().flat_map(|tests| &tests.names);
        let names = program.names.iter().chain(in_tests).cloned().collect();
        let proof = i32::from_ne_bytes(random()?) & i32::MAX | 1;
        let seal = compiled::seal()?;
        Ok(Some(Member { index, candidate, upto, modules, names, tests, proof, seal }))
    }

    /// It names one of these.
    pub(super) fn names_any(&self, wanted: &[String]) -> bool {
        wanted.iter().any(|name| self.names.contains(name))
    }

    /// Its tests are to run.
    pub(super) fn runs(&self) -> bool {
        self.tests.is_some()
    }
}

/// Splits members so that no module's name occurs twice in a group: a second one could be taken for the first.
pub(super) fn groups(members: Vec<Member<'_>>) -> Vec<Vec<Member<'_>>> {
    let mut groups: Vec<(BTreeSet<String>, Vec<Member<'_>>)> = Vec::new();
    for member in members {
        let free =
            groups.iter().position(|(taken, _)| member.modules.iter().all(|name| !taken.contains(name)));
        let at = free.unwrap_or_else(|| {
            groups.push((BTreeSet::new(), Vec::new()));
            groups.len() - 1
        });
        if let Some((taken, group)) = groups.get_mut(at) {
            taken.extend(member.modules.iter().cloned());
            group.push(member);
        }
    }
    groups.into_iter().map(|(_, group)| group).collect()
}

/// The names of what was generated, which no program can know.
pub(super) struct Names {
    mark: String,
}

impl Names {
    pub(super) fn new() -> Result<Self, Infrastructure> {
        Ok(Names { mark: format!("{:016x}", u64::from_ne_bytes(random()?)) })
    }

    /// The subroutine that stands for the main program of the tests of the member at `index`.
    pub(super) fn subroutine(&self, index: usize) -> String {
        format!("calque_{index}_{}", self.mark)
    }

    /// What the linker calls it.
    pub(super) fn symbol(&self, index: usize) -> String {
        format!("{}_", self.subroutine(index))
    }

    fn number(&self) -> String {
        format!("proof_{}", self.mark)
    }
}

/// The files that diagnostics name: the member's index, and whether it is in its tests.
pub(super) fn file_name(index: usize, in_tests: bool) -> String {
    format!("{}{index}.f90", if in_tests { 't' } else { 'p' })
}

/// All members as one text, in which lines for the compiler say where each of them starts.
pub(super) fn together(members: &[Member<'_>], names: &Names) -> String {
    let mut text = String::new();
    for member in members {
        part(&mut text, member.index, false, &member.candidate.program);
        if let Some(tests) = &member.tests {
            part(&mut text, member.index, true, &as_subroutine(member, tests, names));
        }
    }
    text
}

fn part(text: &mut String, index: usize, in_tests: bool, body: &str) {
    text.push_str(&format!("# 1 \"{}\"\n", file_name(index, in_tests)));
    text.push_str(body);
    if !body.ends_with('\n') {
        text.push('\n');
    }
}

/// The tests with their main program as a subroutine that gives its proof in the place where the plain plan
/// writes the seal. Lines keep their numbers but for what is behind that place.
fn as_subroutine(member: &Member<'_>, tests: &Parts, names: &Names) -> String {
    let text = &member.candidate.tests;
    let Some(main) = &tests.main else { return text.clone() };
    let (subroutine, number) = (names.subroutine(member.index), names.number());
    let line = text.get(..main.last).unwrap_or_default().matches('\n').count() + 1;
    let mut edits = [
        (main.opens.clone(), format!("subroutine {subroutine}({number})")),
        // Variables of a main program keep their values, which also means that they are not on the stack.
        (main.specification..main.specification, format!("; integer :: {number}; save")),
        (
            main.last..main.last,
            format!("  {number} = {}\n# {line} \"{}\"\n", member.proof, file_name(member.index, true)),
        ),
        (main.closes.clone(), format!("end subroutine {subroutine}")),
    ];
    edits.sort_by_key(|(range, _)| range.start);
    let mut edited = String::with_capacity(text.len() + 200);
    let mut copied = 0;
    for (range, replacement) in edits {
        edited.push_str(text.get(copied..range.start).unwrap_or_default());
        edited.push_str(&replacement);
        copied = range.end;
    }
    edited + text.get(copied..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(module: &str, uses: &str) -> Candidate {
        Candidate {
            lang: grammars::LangId::from_static("fortran"),
            program: format!("module {module}\n  implicit none\nend module {module}\n"),
            tests: format!(
                "program t\n  use {uses}\n  implicit none\n\n  call s()\ncontains\n  subroutine s()\n  end subroutine s\nend program t\n"
            ),
            checks: 1,
        }
    }

    fn member(index: usize, candidate: &Candidate) -> Option<Member<'_>> {
        Member::new(index, candidate, Level::Tests).expect("randomness")
    }

    #[test]
    fn tests_become_a_subroutine_with_the_same_lines() {
        let candidate = candidate("m", "m");
        let mut member = member(3, &candidate).expect("a plain program");
        member.proof = 42;
        let names = Names { mark: "x".to_owned() };
        let text = together(&[member], &names);
        assert_eq!(
            text,
            "# 1 \"p3.f90\"\nmodule m\n  implicit none\nend module m\n# 1 \"t3.f90\"\nsubroutine calque_3_x(proof_x)\n  use m\n  \
             implicit none; integer :: proof_x; save\n\n  call s()\n  proof_x = 42\n# 6 \"t3.f90\"\ncontains\n  subroutine s()\n  \
             end subroutine s\nend subroutine calque_3_x\n"
        );
    }

    #[test]
    fn what_uses_a_sibling_is_judged_alone() {
        assert!(member(0, &candidate("m", "n")).is_none());
        let twice = Candidate {
            program: "module m\nend module m\nmodule M\nend module M\n".into(),
            ..candidate("m", "m")
        };
        assert!(member(0, &twice).is_none());
    }

    #[test]
    fn no_name_occurs_twice_in_a_group() {
        let candidates = ["m", "n", "m", "k", "M"].map(|name| candidate(name, name));
        let members: Vec<_> =
            candidates.iter().enumerate().filter_map(|(index, c)| member(index, c)).collect();
        let found: Vec<Vec<usize>> =
            groups(members).iter().map(|group| group.iter().map(|member| member.index).collect()).collect();
        assert_eq!(found, [vec![0, 1, 3], vec![2], vec![4]]);
    }
}
