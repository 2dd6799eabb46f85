//! Reductions: sums, counts, extremes and quantifiers over what can be iterated.

use super::number::function;
use super::{Lower, Result, Var, reject};
use crate::cobol::loc::Loc;
use crate::cobol::tree::{ArithOp, Cond, Expr, Ref, Relation, Stmt, Until};
use grammars::ir::{self, BinaryOp, CompareOp, ExprKind, Intrinsic, Type};

impl<'m> Lower<'m> {
    /// Whether `iter` reads the place that its reduction is to be stored in.
    fn target(&mut self, dest: &Loc, iter: &ir::Expr, wish: &str) -> Result<Loc> {
        if self.reads_record(iter, &dest.record) || !dest.is_record() {
            return self.temp(wish, &dest.node.ty, iter.span);
        }
        Ok(dest.clone())
    }

    /// `sum` and `prod`.
    pub fn sum(&mut self, dest: &Loc, op: &Intrinsic, args: &[ir::Expr]) -> Result<()> {
        let is_sum = *op == Intrinsic::Sum;
        let target = self.target(dest, &args[0], if is_sum { "SUM-OF-ITEMS" } else { "PRODUCT" })?;
        match args.get(1) {
            Some(start) => self.assign(&target, start)?,
            None => self.emit(Stmt::Move(Expr::int(i128::from(!is_sum)), target.item())),
        }
        let total = target.clone();
        self.iterate(&args[0], &mut |this, item, _| {
            if item.ty == Type::Bool {
                let cond = this.cond(&item)?;
                this.emit(Stmt::If(cond, vec![Stmt::Add(Expr::int(1), total.item())], Vec::new()));
                return Ok(());
            }
            let value = this.number(&item)?;
            let so_far = Box::new(Expr::from(total.item()));
            if is_sum {
                this.store_number(&total, Expr::Binary(ArithOp::Add, so_far, Box::new(value)));
            } else {
                let overflow =
                    if total.node.ty == Type::Int { vec![this.number_overflow()] } else { Vec::new() };
                this.compute(total.item(), Expr::Binary(ArithOp::Mul, so_far, Box::new(value)), overflow);
            }
            Ok(())
        })?;
        self.copy(&target, dest);
        Ok(())
    }

    /// `any` and `all`.
    pub fn quantifier(&mut self, dest: &Loc, all: bool, iter: &ir::Expr) -> Result<()> {
        let Some(name) = dest.condition() else {
            return reject("condition", iter.span, "the result of any or all has no flag");
        };
        let single = match &iter.kind {
            ExprKind::Comprehension { clauses, .. } => clauses.len() == 1 && is_plain(&clauses[0].iter),
            _ => is_plain(iter),
        };
        self.emit(Stmt::Set(name.clone(), all));
        self.iterate(iter, &mut |this, item, _| {
            let cond = this.cond(&item)?;
            let decisive = if all { cond.negated() } else { cond };
            let mut found = vec![Stmt::Set(name.clone(), !all)];
            found.extend(single.then_some(Stmt::ExitPerform));
            this.emit(Stmt::If(decisive, found, Vec::new()));
            Ok(())
        })
    }

    /// `min` and `max` of an iterable.
    pub fn extreme(
        &mut self,
        dest: &Loc,
        largest: bool,
        (default, key): (bool, bool),
        args: &[ir::Expr],
        e: &ir::Expr,
    ) -> Result<()> {
        if let [single] = args
            && let ExprKind::List(items) | ExprKind::Tuple(items) = &single.kind
            && items.len() > 1
            && e.ty.is_numeric()
        {
            let values: Result<Vec<Expr>> = items.iter().map(|item| self.number(item)).collect();
            let value = function(if largest { "MAX" } else { "MIN" }, values?);
            self.store_number(dest, value);
            return Ok(());
        }
        let wish = if largest { "LARGEST" } else { "SMALLEST" };
        let target = self.target(dest, &args[0], wish)?;
        // The position tells which item is the first, unless somebody asks whether there was one.
        let counted = !default && self.knows_position(&args[0]);
        let is_first = if counted { None } else { self.temp("FIRST-ITEM", &Type::Bool, e.span)?.condition() };
        let key_function = if key { args.last().cloned() } else { None };
        let best_key = match &key_function {
            Some(function) => Some(self.temp("BEST-KEY", &key_type(function), e.span)?),
            None => None,
        };
        if let Some(flag) = &is_first {
            self.emit(Stmt::Set(flag.clone(), true));
        }
        let (best, flag) = (target.clone(), is_first.clone());
        self.iterate(&args[0], &mut |this, item, position| {
            let first = match (&flag, position) {
                (Some(flag), _) => Cond::Name(flag.clone()),
                (None, Some(position)) => Cond::Relation(position, Relation::Eq, Expr::int(1)),
                (None, None) => return reject("condition", item.span, "no position tells the first item"),
            };
            let keys = (best_key.as_ref(), key_function.as_ref());
            this.better(&best, keys, &item, largest, (first, flag.as_ref()))
        })?;
        if let (true, Some(flag)) = (default, is_first) {
            let missing = self.block(|this| this.assign(&target, &args[1]))?;
            self.emit(Stmt::If(Cond::Name(flag), missing, Vec::new()));
        }
        self.copy(&target, dest);
        Ok(())
    }

    /// Keeps `item` if it is the first or better than the best one so far.
    fn better(
        &mut self,
        best: &Loc,
        (best_key, key): (Option<&Loc>, Option<&ir::Expr>),
        item: &ir::Expr,
        largest: bool,
        (is_first, flag): (Cond, Option<&Ref>),
    ) -> Result<()> {
        let item = self.readable(item.clone())?;
        let op = if largest { CompareOp::Gt } else { CompareOp::Lt };
        let (candidate, champion) = match (key, best_key) {
            (Some(key), Some(place)) => {
                let value = self.applied(key, std::slice::from_ref(&item))?;
                (self.readable(value)?, place)
            }
            _ => (item.clone(), best),
        };
        let champion_value = self.made_up(Var::Stored(champion.clone()), champion.node.ty.clone());
        let compare = ir::Expr::compare(op, candidate.clone(), champion_value);
        let cond = self.cond(&compare)?;
        let body = self.block(|this| {
            this.assign(best, &item)?;
            if best_key.is_some() {
                this.assign(champion, &candidate)?;
            }
            this.out.extend(flag.map(|flag| Stmt::Set(flag.clone(), false)));
            Ok(())
        })?;
        self.emit(Stmt::If(Cond::any(vec![is_first, cond]), body, Vec::new()));
        Ok(())
    }

    /// `min(a, b)` and `max(a, b)` of values that are not numbers.
    pub fn extreme_of(&mut self, dest: &Loc, largest: bool, args: &[ir::Expr]) -> Result<()> {
        let target = self.temp(if largest { "LARGEST" } else { "SMALLEST" }, &dest.node.ty, args[0].span)?;
        self.assign(&target, &args[0])?;
        for arg in &args[1..] {
            let op = if largest { CompareOp::Gt } else { CompareOp::Lt };
            let best = self.made_up(Var::Stored(target.clone()), target.node.ty.clone());
            let arg = self.readable(arg.clone())?;
            let cond = self.cond(&ir::Expr::compare(op, arg.clone(), best))?;
            let body = self.block(|this| this.assign(&target, &arg))?;
            self.emit(Stmt::If(cond, body, Vec::new()));
        }
        self.copy(&target, dest);
        Ok(())
    }

    /// `functools.reduce`.
    pub fn reduce(&mut self, dest: &Loc, args: &[ir::Expr]) -> Result<()> {
        let Some(start) = args.get(2) else {
            return reject("reduce", args[0].span, "reduce without a start value has no COBOL form");
        };
        let total = self.temp("FOLDED", &dest.node.ty, args[0].span)?;
        self.assign(&total, start)?;
        let so_far = self.made_up(Var::Stored(total.clone()), dest.node.ty.clone());
        let function = args[0].clone();
        self.iterate(&args[1], &mut |this, item, _| {
            let item = this.readable(item)?;
            let next = this.applied(&function, &[so_far.clone(), item])?;
            this.assign(&total, &next)
        })?;
        self.copy(&total, dest);
        Ok(())
    }

    /// `list.count` and `str.count`.
    pub fn count_items(&mut self, dest: &Loc, container: &ir::Expr, item: &ir::Expr) -> Result<()> {
        let target = self.target(dest, container, "OCCURRENCES")?;
        if container.ty.is_text() {
            self.count_substring(&target, container, item)?;
            self.copy(&target, dest);
            return Ok(());
        }
        let item = self.readable(item.clone())?;
        self.emit(Stmt::Move(Expr::int(0), target.item()));
        let count = target.item();
        self.iterate(container, &mut |this, element, _| {
            let same = this.equal(&element, &item)?;
            this.emit(Stmt::If(same, vec![Stmt::Add(Expr::int(1), count.clone())], Vec::new()));
            Ok(())
        })?;
        self.copy(&target, dest);
        Ok(())
    }

    /// `list.index`.
    pub fn index_of(&mut self, dest: &Loc, container: &ir::Expr, item: &ir::Expr) -> Result<()> {
        let place = self.stored(container)?;
        let (position, _) = self.search(&place, item, "SEARCH-POS")?;
        self.store_number(dest, Expr::from(position).offset(-1));
        Ok(())
    }

    /// `bisect_left` and `bisect_right`: the number of items before the place.
    pub fn bisect(&mut self, dest: &Loc, left: bool, args: &[ir::Expr]) -> Result<()> {
        let (list, item) = (self.stored(&args[0])?, self.readable(args[1].clone())?);
        let count = self.count_of(&list, args[0].span)?;
        let counter = self.position("SEARCH-POS");
        let other = self.element_of(&list, counter.clone().into());
        let op = if left { CompareOp::Ge } else { CompareOp::Gt };
        let (before, reached) = self.apart(|this| this.cond(&ir::Expr::compare(op, other, item)))?;
        if !before.is_empty() {
            return reject("bisect", args[0].span, "a place among such items has no COBOL form");
        }
        let until = Cond::any(vec![Cond::relation(counter.clone(), Relation::Gt, count), reached]);
        let until = Until::Varying { counter: counter.clone(), from: Expr::int(1), by: Expr::int(1), until };
        self.emit(Stmt::Perform(until, vec![Stmt::Continue]));
        self.store_number(dest, Expr::from(counter).offset(-1));
        Ok(())
    }

    /// `place op= value`.
    pub fn assign_operation(&mut self, place: &Loc, op: BinaryOp, value: &ir::Expr) -> Result<()> {
        let old = self.made_up(Var::Stored(place.clone()), place.node.ty.clone());
        let kind = ExprKind::Binary {
            op,
            overflow: ir::Overflow::Fits,
            left: Box::new(old),
            right: Box::new(value.clone()),
        };
        self.assign(place, &ir::Expr::new(kind, place.node.ty.clone()).at(value.span))
    }
}

/// Whether an iterable becomes one loop, so that leaving it is leaving the iteration.
pub fn is_plain(iter: &ir::Expr) -> bool {
    match &iter.kind {
        ExprKind::Comprehension { clauses, .. } => clauses.len() == 1 && is_plain(&clauses[0].iter),
        ExprKind::Intrinsic { op: Intrinsic::Filter, args } => is_plain(&args[1]),
        ExprKind::Intrinsic { op: Intrinsic::Map | Intrinsic::Enumerate | Intrinsic::ToList, args } => {
            args.iter().all(is_plain)
        }
        _ => true,
    }
}

/// The type of what a key function gives.
fn key_type(function: &ir::Expr) -> Type {
    match (&function.kind, &function.ty) {
        (ExprKind::Lambda { body, .. }, _) => body.ty.clone(),
        (_, Type::Function { ret, .. }) => (**ret).clone(),
        _ => Type::Int,
    }
}
