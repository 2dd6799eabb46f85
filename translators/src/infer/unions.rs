//! Values of several types.
//!
//! ```python
//! def count_integers(values):          # [1, 2, "abc", 1.2]
//!     return sum(1 for v in values if isinstance(v, int))
//! ```
//!
//! Where a module has no types with one type for every value, it is read again with unions. An operation on
//! such a value is one on those of its types that have it: the others would raise `TypeError`, and so does
//! the check (`Conversion::Cast`) that the targets write there. A test on the type (`isinstance`) leaves only
//! some of the types where it holds.

use super::cells::{Cell, Head, Mode};
use super::facts::Facts;
use super::narrowing::Asked;
use grammars::Rejection;

impl Facts<'_> {
    /// Applies `f` to each type that values of the cell can have; it has to work for one of them.
    pub(super) fn for_members(
        &mut self,
        cell: Cell,
        mut f: impl FnMut(&mut Self, Head) -> Result<(), Rejection>,
    ) -> Result<(), Rejection> {
        let Head::Union(members) = self.cells.head(cell).clone() else {
            let head = self.cells.head(cell).clone();
            return f(self, head);
        };
        let mut result = None;
        for member in members {
            match (f(self, member), &result) {
                (Ok(()), _) => result = Some(Ok(())),
                (Err(rejection), None) => result = Some(Err(rejection)),
                (Err(_), Some(_)) => {}
            }
        }
        result.unwrap_or(Ok(()))
    }

    /// What `isinstance` gives for values of the cell that are not `None`; `None` if that is not known, or
    /// not the same for all of them.
    pub(super) fn is_instance(&self, cell: Cell, types: &[String]) -> Option<bool> {
        let members = self.cells.head(cell).members();
        if members.is_empty() {
            return self.cells.is_nullable(cell).then_some(false);
        }
        let mut outcomes = members.iter().map(|m| self.is_of(m, types, false));
        let first = outcomes.next()?;
        outcomes.all(|outcome| outcome == first).then_some(first)
    }

    /// Both are known, and together they would be of several types.
    pub(super) fn differ(&self, a: Cell, b: Cell) -> bool {
        let (a, b) = (self.cells.head(a), self.cells.head(b));
        let number = |h: &Head| h.is_number();
        self.cells.mode != Mode::Plain
            && *a != Head::Unknown
            && *b != Head::Unknown
            && std::mem::discriminant(a) != std::mem::discriminant(b)
            && !(number(a) && number(b))
    }

    /// A value with this head has one of the types; `exact`: subtypes do not count.
    pub(super) fn is_of(&self, head: &Head, types: &[String], exact: bool) -> bool {
        let is = |name: &str| match name.rsplit('.').next().unwrap_or(name) {
            "object" => true,
            "bool" => *head == Head::Bool,
            "int" => *head == Head::Int || (*head == Head::Bool && !exact),
            "Integral" => matches!(head, Head::Int | Head::Bool),
            "float" => *head == Head::Float,
            "Number" | "Real" => matches!(head, Head::Int | Head::Bool | Head::Float),
            "str" => *head == Head::Str,
            "list" => matches!(head, Head::List(_)),
            "tuple" => matches!(head, Head::Tuple(_) | Head::VarTuple(_)),
            "dict" => matches!(head, Head::Dict(..)),
            "set" => matches!(head, Head::Set(_)),
            class => match head {
                Head::Class(name) if exact => name == class,
                Head::Class(name) => self.cells.ancestors(name).iter().any(|c| c == class),
                _ => false,
            },
        };
        types.iter().any(|t| is(t))
    }

    /// Of the types of `from` those that the tests leave come to `to`.
    pub(super) fn flow_asked(&mut self, from: Cell, to: Cell, asked: &[Asked]) {
        let told_apart = self.cells.mode == Mode::NumbersApart || !self.cells.is_mixed(from);
        let Head::Union(members) = self.cells.head(from).clone() else {
            return self.cells.flow(from, to);
        };
        for member in members {
            let kept = asked.iter().all(|a| self.is_of(&member, &a.types, a.exact) == a.holds);
            if kept || (member.is_number() && !told_apart) {
                self.cells.join(to, member);
            }
        }
        self.cells.agree_on_tuples(from, to);
        if self.cells.is_nullable(from) && asked.iter().all(|a| !a.holds) {
            self.cells.set_nullable(to);
        }
    }
}
