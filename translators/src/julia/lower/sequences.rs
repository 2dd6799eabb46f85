//! Lists: what changes them, and questions about them.

use super::helpers::position_of;
use super::reduce::eta;
use super::text::Repr;
use super::{Lower, Lowering, reject};
use crate::julia::tree::{ComprehensionForm, Expr};
use grammars::ir::{self, ExceptionKind, ExprKind, IndexMode, Intrinsic, Type};

impl Lower<'_> {
    /// An operation on lists, or on any container; `None` where `op` is none.
    pub(super) fn sequence_operation(&mut self, op: &Intrinsic, args: &[ir::Expr]) -> Lowering<Option<Expr>> {
        Ok(Some(match op {
            Intrinsic::Len => self.length(&args[0])?,
            Intrinsic::IsEmpty => Expr::base_call("isempty", vec![self.lower_loose(&args[0])?]),
            Intrinsic::Contains => self.contains(&args[0], &args[1])?,
            Intrinsic::Copy => Expr::base_call("copy", self.lower_exprs(args)?),
            Intrinsic::DeepCopy => Expr::base_call("deepcopy", self.lower_exprs(args)?),
            Intrinsic::Clear => Expr::base_call("empty!", self.lower_exprs(args)?),
            Intrinsic::Append => Expr::base_call("push!", self.lower_exprs(args)?),
            Intrinsic::Extend => self.extend(&args[0], &args[1])?,
            Intrinsic::Insert => self.insert(args)?,
            Intrinsic::Pop | Intrinsic::PopFirst | Intrinsic::HeapPop if self.minds_empty_pop() => {
                return reject("julia.pop-error", args[0].span, "a caught `pop` from an empty list");
            }
            Intrinsic::RemoveItem if self.minds_absence() => {
                let list = self.lower_expr(&args[0])?;
                let position = self.required_position(args)?.plus(1);
                Expr::base_call("deleteat!", vec![list, position])
            }
            Intrinsic::IndexOf if self.minds_absence() && !args[0].ty.is_text() => {
                self.required_position(args)?
            }
            Intrinsic::Pop if args.len() == 1 => Expr::base_call("pop!", self.lower_exprs(args)?),
            Intrinsic::Pop if args[1].as_int() == Some(0) => {
                Expr::base_call("popfirst!", vec![self.lower_expr(&args[0])?])
            }
            Intrinsic::Pop if args[1].as_int() == Some(-1) => {
                Expr::base_call("pop!", vec![self.lower_expr(&args[0])?])
            }
            Intrinsic::Pop => {
                let position = self.position_outside(&args[0], &args[1])?;
                Expr::base_call("popat!", vec![self.lower_expr(&args[0])?, position])
            }
            Intrinsic::PopFirst | Intrinsic::HeapPop => Expr::base_call("popfirst!", self.lower_exprs(args)?),
            Intrinsic::Prepend => Expr::base_call("pushfirst!", self.lower_exprs(args)?),
            Intrinsic::RemoveItem => {
                let found = self.find_item(&args[0], &args[1])?;
                Expr::base_call("deleteat!", vec![self.lower_expr(&args[0])?, found])
            }
            Intrinsic::DeleteAt => {
                let position = self.position_outside(&args[0], &args[1])?;
                Expr::base_call("deleteat!", vec![self.lower_expr(&args[0])?, position])
            }
            Intrinsic::IndexOf if !args[0].ty.is_text() => self.index_of(args)?,
            Intrinsic::Count if !args[0].ty.is_text() => {
                let equal = self.equal_to(&args[1])?;
                Expr::base_call("count", vec![equal, self.lower_expr(&args[0])?])
            }
            Intrinsic::Reverse => Expr::base_call("reverse!", self.lower_exprs(args)?),
            Intrinsic::Sort { reverse, key } => {
                let list = self.lower_expr(&args[0])?;
                self.sorted("sort!", list, &args[0], *reverse, key.then(|| &args[args.len() - 1]))?
            }
            Intrinsic::Chain => self.flattened(args, ComprehensionForm::Vector(None))?,
            Intrinsic::Filled => {
                let times = self.repetitions(&args[0])?;
                let value = self.lower_expr(&args[1])?;
                self.filled(value, &args[1], times)?
            }
            // A vector kept in order serves as a heap: the least item is always the first.
            Intrinsic::Heapify => Expr::base_call("sort!", self.lower_exprs(args)?),
            Intrinsic::HeapPush => {
                let (heap, item) = (self.lower_expr(&args[0])?, self.lower_expr(&args[1])?);
                let place = Expr::base_call("searchsortedfirst", vec![heap.clone(), item.clone()]);
                Expr::base_call("insert!", vec![heap, place, item])
            }
            Intrinsic::BisectLeft => Expr::base_call("searchsortedfirst", self.lower_exprs(args)?).plus(-1),
            Intrinsic::BisectRight => Expr::base_call("searchsortedlast", self.lower_exprs(args)?),
            _ => return Ok(None),
        }))
    }

    /// Whether the program waits for the exception of `pop`, which is another one in Julia, and does not
    /// raise it itself.
    fn minds_empty_pop(&self) -> bool {
        let waits =
            self.caught.contains(&ExceptionKind::Index) || self.caught.contains(&ExceptionKind::Lookup);
        waits && !self.raised.contains(&ExceptionKind::Index)
    }

    /// Whether the program waits for the exception of `index` and `remove`, which Julia does not raise.
    pub(super) fn minds_absence(&self) -> bool {
        self.caught.contains(&ExceptionKind::Value)
    }

    /// The number of items; a text counts characters.
    fn length(&mut self, container: &ir::Expr) -> Lowering<Expr> {
        if container.ty.is_text()
            && let Some(chars) = self.chars_of(container)
        {
            return Ok(Expr::base_call("length", vec![chars]));
        }
        if let Some(counted) = self.count_of(container)? {
            return Ok(counted);
        }
        Ok(Expr::base_call("length", vec![self.lower_loose(container)?]))
    }

    /// How many items pass a filter, where only their number is asked for.
    fn count_of(&mut self, container: &ir::Expr) -> Lowering<Option<Expr>> {
        match &container.kind {
            ExprKind::Intrinsic { op: Intrinsic::ToList, args } => match &args[0].kind {
                ExprKind::Intrinsic { op: Intrinsic::Filter, args: filter } => {
                    let function = eta(self.lower_expr(&filter[0])?);
                    let items = self.iterable(&filter[1])?;
                    Ok(Some(Expr::base_call("count", vec![function, items])))
                }
                _ => Ok(None),
            },
            ExprKind::Comprehension { clauses, .. } => self.counted("sum", &ir::Expr::int(1), clauses),
            _ => Ok(None),
        }
    }

    fn contains(&mut self, container: &ir::Expr, item: &ir::Expr) -> Lowering<Expr> {
        if container.ty == Type::Str {
            return self.contains_text(container, item);
        }
        if matches!(container.ty, Type::Dict(..)) {
            return Ok(Expr::base_call("haskey", vec![self.lower_expr(container)?, self.lower_expr(item)?]));
        }
        if let ExprKind::Intrinsic { op: Intrinsic::Keys, args } = &container.kind {
            return Ok(Expr::base_call("haskey", vec![self.lower_expr(&args[0])?, self.lower_expr(item)?]));
        }
        if let Some(literals) = self.char_literals(container, item)? {
            let item = self.as_char(item)?.unwrap_or(Expr::Nothing);
            return Ok(Expr::binary("in", item, literals));
        }
        let items = match self.element_repr(container) {
            Repr::Char => self.lower_expr(container)?,
            _ => self.iterable(container)?,
        };
        let item = match self.repr(item) {
            Repr::Char => self.lower_expr(item)?,
            _ => self.lower_loose(item)?,
        };
        Ok(Expr::binary("in", item, items))
    }

    /// A literal list, tuple or set of single characters, where the item asked for is a `Char`.
    fn char_literals(&mut self, container: &ir::Expr, item: &ir::Expr) -> Lowering<Option<Expr>> {
        let (ExprKind::List(items) | ExprKind::Tuple(items) | ExprKind::Set(items)) = &container.kind else {
            return Ok(None);
        };
        let is_char = item.ty == Type::Str && self.repr(item) == Repr::Char;
        if !is_char || items.is_empty() || !items.iter().all(|i| self.can_be_char(i)) {
            return Ok(None);
        }
        let mut chars = Vec::new();
        for item in items {
            chars.extend(self.as_char(item)?);
        }
        Ok(Some(Expr::Vector { element: None, items: chars }))
    }

    fn extend(&mut self, list: &ir::Expr, items: &ir::Expr) -> Lowering<Expr> {
        self.check_order(items)?;
        let list = self.lower_expr(list)?;
        let items = match self.element_repr(items) {
            Repr::Exact => self.iterable(items)?,
            // Characters do not become strings by themselves.
            Repr::Char => {
                let chars = Expr::base_call("collect", vec![self.iterable(items)?]);
                super::text::broadcast(Expr::Base("string"), chars)
            }
            Repr::SubString => self.iterable(items)?,
        };
        Ok(Expr::base_call("append!", vec![list, items]))
    }

    /// Beyond the end means at the end.
    fn insert(&mut self, args: &[ir::Expr]) -> Lowering<Expr> {
        let list = self.lower_expr(&args[0])?;
        let item = self.lower_expr(&args[2])?;
        match args[1].as_int() {
            Some(0) => return Ok(Expr::base_call("pushfirst!", vec![list, item])),
            Some(value) if value < 0 => {
                return reject("julia.insert", args[1].span, "`insert` at a negative position");
            }
            _ => {}
        }
        if changes_something(&args[2]) {
            return reject(
                "julia.insert",
                args[2].span,
                "`insert` of a value whose computation changes a list",
            );
        }
        if !self.never_negative(&args[1]) {
            self.note_domain("positions of insertion are not negative");
        }
        let position = self.sum(&args[1], 1)?;
        let end = Expr::base_call("length", vec![list.clone()]).plus(1);
        let place = if position == end { end } else { Expr::base_call("min", vec![position, end]) };
        Ok(Expr::base_call("insert!", vec![list, place, item]))
    }

    /// A position where `end` has no meaning, outside of brackets.
    fn position_outside(&mut self, list: &ir::Expr, index: &ir::Expr) -> Lowering<Expr> {
        let length = self.lower_expr(&ir::Expr::len(list.clone()))?;
        match index.as_int() {
            Some(value) if value < 0 => Ok(length.plus(value + 1)),
            _ if self.never_negative(index) => self.sum(index, 1),
            _ => {
                let mut position = self.position(list, index, IndexMode::Python)?;
                crate::julia::walk::each_expr_mut(&mut position, &mut |e| {
                    if *e == Expr::End {
                        *e = length.clone();
                    }
                });
                Ok(position)
            }
        }
    }

    /// `==(item)`.
    fn equal_to(&mut self, item: &ir::Expr) -> Lowering<Expr> {
        Ok(Expr::call(Expr::Base("=="), vec![self.lower_expr(item)?]))
    }

    /// The position, counted from 1, of the first equal item.
    fn find_item(&mut self, list: &ir::Expr, item: &ir::Expr) -> Lowering<Expr> {
        let equal = self.equal_to(item)?;
        Ok(Expr::base_call("findfirst", vec![equal, self.lower_expr(list)?]))
    }

    /// The position of an item, counted from 0, where its absence is an error that is caught.
    fn required_position(&mut self, args: &[ir::Expr]) -> Lowering<Expr> {
        let mut items = self.lower_expr(&args[0])?;
        if matches!(args[0].ty, Type::Tuple(_)) {
            items = Expr::base_call("collect", vec![items]);
        }
        let mut call = vec![self.lower_expr(&args[1])?, items];
        if let Some(start) = args.get(2) {
            if !self.never_negative(start) {
                return reject("julia.absent-item", start.span, "a caught search from a negative position");
            }
            call.push(self.sum(start, 0)?);
        }
        self.helpers.insert("position_of", position_of());
        Ok(Expr::call(Expr::Global("position_of".into()), call))
    }

    fn index_of(&mut self, args: &[ir::Expr]) -> Lowering<Expr> {
        let found = match args.get(2) {
            None => self.find_item(&args[0], &args[1])?,
            Some(start) => {
                let equal = self.equal_to(&args[1])?;
                let list = self.lower_expr(&args[0])?;
                Expr::base_call("findnext", vec![equal, list, self.sum(start, 1)?])
            }
        };
        Ok(found.plus(-1))
    }
}

/// Whether computing a value takes something out of a container.
fn changes_something(value: &ir::Expr) -> bool {
    ir::visit::any_expr(value, |e| {
        matches!(
            &e.kind,
            ExprKind::Intrinsic { op: Intrinsic::Pop | Intrinsic::PopFirst | Intrinsic::PopKey, .. }
        )
    })
}
