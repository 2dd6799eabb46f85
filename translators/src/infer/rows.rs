//! Library calls: choosing the row that fits, and tying arguments and result to it.

use super::cells::{Cell, Head, Missing};
use super::constraint::{Arguments, Instance, Source};
use super::facts::Facts;
use super::key::Key;
use super::library::{Meaning, Row, rows};
use super::signature::{Fit, Pattern};
use super::special::{self, Applied};
use grammars::{Rejection, Span};
use std::collections::BTreeMap;

impl<'m> Facts<'m> {
    pub(super) fn library(
        &mut self,
        key: Key,
        path: &str,
        args: &Arguments<'m>,
        out: Cell,
        span: Span,
    ) -> Result<(), Rejection> {
        let mut call = special::Call { facts: self, key, path, args, out, span };
        if special::apply(&mut call)? == Applied::Done {
            return Ok(());
        }
        let Some(row) = self.select(path, args, span)? else { return Ok(()) };
        let known = self.instances.get(&key).is_some_and(|i| std::ptr::eq(i.row, row));
        if !known {
            let instance = self.instantiate(row, args);
            self.instances.insert(key, instance);
        }
        let Some(instance) = self.instances.get(&key).cloned() else { return Ok(()) };
        self.connect(&instance, args, out, span)
    }

    /// The row that fits the arguments, once enough is known.
    fn select(&self, path: &str, args: &Arguments, span: Span) -> Result<Option<&'static Row>, Rejection> {
        if path == ".update" && self.is_counter(args) {
            return Err(self.no_rule(path, args, span));
        }
        let mut possible = Vec::new();
        for row in rows(path) {
            let Some(sources) = sources(row, args) else { continue };
            let fit = self.row_fit(row, &sources, args);
            if fit == Fit::Yes && possible.is_empty() {
                return Ok(Some(row));
            }
            if fit != Fit::No {
                possible.push(row);
            }
        }
        match possible.as_slice() {
            [only] => Ok(Some(only)),
            [] => Err(self.no_rule(path, args, span)),
            _ => Ok(None),
        }
    }

    /// The receiver counts: its `update` adds to the counts.
    fn is_counter(&self, args: &Arguments) -> bool {
        args.positional.first().is_some_and(|(_, receiver)| self.cells.missing(*receiver) == Missing::Zero)
    }

    fn no_rule(&self, path: &str, args: &Arguments, span: Span) -> Rejection {
        match (path.strip_prefix('.'), args.positional.first()) {
            (Some(name), Some((_, receiver))) => {
                let kind = self.cells.head(*receiver).describe();
                let message = format!("The method `{name}` of {kind} with these arguments has no rule.");
                Rejection::new("infer.method", span, message)
            }
            _ => {
                let path = path.strip_prefix("builtins.").unwrap_or(path);
                let message = format!("The call of `{path}` with these arguments has no rule.");
                Rejection::new("infer.library", span, message)
            }
        }
    }

    fn row_fit(&self, row: &Row, sources: &[Option<Source>], args: &Arguments) -> Fit {
        let mut all = Fit::Yes;
        for (param, source) in row.signature.params.iter().zip(sources) {
            let Some(cell) = source.and_then(|s| argument(args, s)) else { continue };
            match param.pattern.fits(&self.cells, cell) {
                Fit::No => return Fit::No,
                Fit::Unknown => all = Fit::Unknown,
                Fit::Yes => {}
            }
        }
        all
    }

    fn instantiate(&mut self, row: &'static Row, args: &Arguments) -> Instance {
        let mut variables = BTreeMap::new();
        let params =
            row.signature.params.iter().map(|p| p.pattern.cell(&mut self.cells, &mut variables)).collect();
        let ret = row.signature.ret.cell(&mut self.cells, &mut variables);
        Instance { row, params, ret, sources: sources(row, args).unwrap_or_default() }
    }

    /// Arguments flow into the row's parameters, its result into `out`.
    fn connect(
        &mut self,
        instance: &Instance,
        args: &Arguments,
        out: Cell,
        span: Span,
    ) -> Result<(), Rejection> {
        let params = instance.row.signature.params.iter().zip(&instance.params).zip(&instance.sources);
        for ((param, cell), source) in params {
            let Some(arg) = source.and_then(|s| argument(args, s)) else { continue };
            match &param.pattern {
                Pattern::Iterable(_) => self.iterate(arg, *cell, span)?,
                Pattern::Variable(_) | Pattern::Optional(_) | Pattern::Any => self.cells.flow(arg, *cell),
                pattern if matches!(self.cells.head(arg), Head::Union(_)) => {
                    let members = self.cells.head(arg).members().to_vec();
                    for member in members.into_iter().filter(|m| pattern.fits_head(m) == Fit::Yes) {
                        self.cells.join(*cell, member);
                    }
                }
                Pattern::List(_) => self.connect_list(arg, *cell),
                _ => self.cells.flow_value(arg, *cell),
            }
        }
        let optional = matches!(instance.row.signature.ret, Pattern::Optional(_));
        if optional && let Some(value) = self.optional_inner(instance) {
            self.cells.flow(value, instance.ret);
        }
        if self.cells.is_nullable(instance.ret) {
            self.cells.set_nullable(out);
        }
        if self.cells.is_mixed(instance.ret) {
            self.cells.set_mixed(out);
        }
        let head = self.cells.head(instance.ret).clone();
        self.cells.define(out, head);
        self.set_result_missing(instance, args, out);
        Ok(())
    }

    /// How a dict that the call makes treats missing keys.
    fn set_result_missing(&mut self, instance: &Instance, args: &Arguments, out: Cell) {
        use grammars::ir::Intrinsic;
        let missing = match instance.row.meaning {
            Meaning::Op(Intrinsic::Tally) => Missing::Zero,
            Meaning::Op(Intrinsic::ToDict) => Missing::Raises,
            Meaning::Op(Intrinsic::Copy | Intrinsic::DeepCopy) => match args.positional.first() {
                Some((_, original)) => self.cells.missing(*original),
                None => return,
            },
            _ => return,
        };
        self.cells.set_missing(out, missing);
    }

    /// The variable behind an optional result: that of the parameter with the same variable.
    fn optional_inner(&self, instance: &Instance) -> Option<Cell> {
        match self.cells.head(*instance.params.first()?) {
            Head::Dict(_, value) => Some(*value),
            Head::List(item) => Some(*item),
            _ => None,
        }
    }

    fn connect_list(&mut self, arg: Cell, list: Cell) {
        self.cells.loosen_tuple(arg);
        match (self.cells.head(arg).clone(), self.cells.head(list).clone()) {
            (Head::VarTuple(a), Head::List(b)) => self.cells.unify(a, b),
            _ => self.cells.flow_value(arg, list),
        }
    }
}

/// For each parameter of the row the argument that it takes; `None` if the call does not match.
fn sources(row: &Row, args: &Arguments) -> Option<Vec<Option<Source>>> {
    let params = &row.signature.params;
    if args.positional.len() > params.len() {
        return None;
    }
    let mut sources: Vec<Option<Source>> = vec![None; params.len()];
    for (at, slot) in sources.iter_mut().enumerate().take(args.positional.len()) {
        *slot = Some(Source::Position(at));
    }
    for (number, (name, _, _)) in args.keywords.iter().enumerate() {
        let at = params.iter().position(|p| p.name == Some(name))?;
        if sources[at].replace(Source::Keyword(number)).is_some() {
            return None;
        }
    }
    let complete = params.iter().zip(&sources).all(|(p, s)| p.optional || s.is_some());
    complete.then_some(sources)
}

/// The cell of the argument.
pub(super) fn argument(args: &Arguments, source: Source) -> Option<Cell> {
    match source {
        Source::Position(at) => args.positional.get(at).map(|(_, cell)| *cell),
        Source::Keyword(at) => args.keywords.get(at).map(|(_, _, cell)| *cell),
    }
}
