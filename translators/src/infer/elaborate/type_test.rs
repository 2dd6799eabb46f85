//! Tests on types: decided here, since every value has one type.

use super::super::cells::{Cell, Head};
use super::super::type_test::TypeTest;
use super::expr::unexpected_at;
use super::{Elaborator, Outcome, build};
use grammars::ir::{Expr, Type};
use grammars::{Rejection, Span};

impl<'m> Elaborator<'_, 'm> {
    /// The outcome of the test: a constant, or a test for `None`.
    pub(super) fn type_test(&mut self, test: &TypeTest<'m>, span: Span) -> Outcome<Expr> {
        let cell = self.facts.cell_of(test.value).ok_or_else(|| unexpected_at(span))?;
        self.check_names(test, span)?;
        self.check_number_test(cell, test, span)?;
        let value = self.expr(test.value)?;
        if let Some(test) = self.member_test(cell, test, &value, span)? {
            return Ok(test);
        }
        let holds = self.decided(cell, test).ok_or_else(|| {
            let message = "Which class an object has is only known at run time.";
            Rejection::new("infer.isinstance", span, message)
        })?;
        if matches!(value.ty, Type::Optional(_)) && holds {
            let missing = build::is_none(value, span);
            return Ok(if test.holds { build::not(missing) } else { missing });
        }
        if !build::is_pure(&value) {
            let message = "The type of a computed value is asked for.";
            return Err(Rejection::new("infer.isinstance", span, message));
        }
        Ok(build::bool_(holds == test.holds, span))
    }

    /// Whether a value of the cell, not `None`, has one of the types.
    fn decided(&self, cell: Cell, test: &TypeTest) -> Option<bool> {
        let class = match self.facts.cells.head(cell) {
            Head::Bool if test.exact => return Some(test.types.iter().any(|t| t.ends_with("bool"))),
            Head::Class(class) => class,
            _ => return self.facts.is_instance(cell, &test.types),
        };
        let below = |t: &String| t != class && self.facts.cells.ancestors(t).contains(class);
        let has_subclass = self.facts.classes.values().any(|c| c.base.as_ref() == Some(class));
        if test.types.iter().any(below) || (test.exact && has_subclass) {
            return None;
        }
        self.facts.is_instance(cell, &test.types)
    }

    /// The types are known by their names.
    fn check_names(&self, test: &TypeTest, span: Span) -> Outcome<()> {
        let known = |name: &str| name.contains('.') || self.facts.classes.contains_key(name);
        match test.types.iter().find(|name| !known(name)) {
            None => Ok(()),
            Some(name) => {
                let message = format!("The type that is asked for, `{name}`, is itself computed.");
                Err(Rejection::new("infer.isinstance", span, message))
            }
        }
    }

    /// Whether a number is an `int` or a `float` cannot be decided where both meet.
    fn check_number_test(&self, cell: Cell, test: &TypeTest, span: Span) -> Outcome<()> {
        let asks = |name: &str| test.types.iter().any(|t| t.ends_with(name));
        let mixed = self.facts.cells.is_mixed(cell)
            && self.facts.cells.head(cell).members().iter().any(Head::is_number);
        let decisive = (asks("int") != asks("float")) || asks("bool");
        if mixed && decisive {
            let message = "The program asks whether a number is an `int` or a `float`.";
            return Err(Rejection::new("infer.number-type", span, message));
        }
        Ok(())
    }
}
