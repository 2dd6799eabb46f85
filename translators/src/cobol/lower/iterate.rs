//! Iteration: what can be counted through by one `PERFORM VARYING`, and what cannot.

use super::number::function;
use super::{Lower, Result, Var, reject};
use crate::cobol::loc::Loc;
use crate::cobol::names::singular;
use crate::cobol::tree::{ArithOp, Cond, Expr, Ref, Relation, Stmt, Until};
use grammars::ir::{self, Clause, ExprKind, Intrinsic, Pattern, Type};

/// Something with a number of items that can be read by position.
#[derive(Clone, Debug)]
pub enum Sequence {
    /// The characters of a text, the elements of a list or set, the keys of a dict.
    Items(Loc),
    /// The values of a dict.
    Values(Loc),
    /// The keys and values of a dict.
    Entries(Loc),
    /// Numbers: the first, the step, how many.
    Numbers(Expr, i128, Expr),
    /// Positions, counted from a start, with items.
    Counted(Expr, Box<Sequence>),
    /// Items side by side.
    Zipped(Vec<Sequence>),
    /// From the last to the first.
    Backwards(Box<Sequence>),
    /// A function of each item.
    Mapped(Box<ir::Expr>, Vec<Sequence>),
}

/// The body of an iteration: gets an item, and its position counted from 1 where it is known.
pub type Turn<'a, 'm> = dyn FnMut(&mut Lower<'m>, ir::Expr, Option<Expr>) -> Result<()> + 'a;

impl<'m> Lower<'m> {
    /// Emits a loop that runs `turn` for each item of `iter`.
    pub fn iterate(&mut self, iter: &ir::Expr, turn: &mut Turn<'_, 'm>) -> Result<()> {
        match &iter.kind {
            ExprKind::Comprehension { element, clauses } => {
                self.clauses(clauses, &mut |this| turn(this, (**element).clone(), None))
            }
            ExprKind::Intrinsic { op: Intrinsic::Filter, args } => {
                let (keeps, source) = (args[0].clone(), args[1].clone());
                self.iterate(&source, &mut |this, item, _| {
                    let item = this.readable(item)?;
                    let test = this.applied(&keeps, std::slice::from_ref(&item))?;
                    let cond = this.cond(&test)?;
                    let body = this.block(|this| turn(this, item.clone(), None))?;
                    this.emit(Stmt::If(cond, body, Vec::new()));
                    Ok(())
                })
            }
            ExprKind::Intrinsic { op: Intrinsic::ToList, args } => self.iterate(&args[0], turn),
            ExprKind::Intrinsic { op: Intrinsic::Enumerate, args } if !self.is_sequence(&args[0]) => {
                self.count_turns(args, turn)
            }
            ExprKind::Range { .. } => self.iterate_range(iter, turn),
            _ => {
                let sequence = self.sequence_of(iter)?;
                self.iterate_sequence(&sequence, turn)
            }
        }
    }

    /// Counts the items of something that has no positions.
    fn count_turns(&mut self, args: &[ir::Expr], turn: &mut Turn<'_, 'm>) -> Result<()> {
        let start = args.get(1).map_or(Ok(Expr::int(0)), |start| self.number(start))?;
        let counter = self.temp("TURN-INDEX", &Type::Int, args[0].span)?;
        self.store_number(&counter, start.offset(-1));
        let count = self.made_up(Var::Stored(counter.clone()), Type::Int);
        self.iterate(&args[0], &mut |this, item, _| {
            this.emit(Stmt::Add(Expr::int(1), counter.item()));
            let ty = Type::Tuple(vec![Type::Int, item.ty.clone()]);
            turn(this, ir::Expr::new(ExprKind::Tuple(vec![count.clone(), item]), ty), None)
        })
    }

    /// The loops of a comprehension around `inner`.
    pub fn clauses(
        &mut self,
        clauses: &[Clause],
        inner: &mut dyn FnMut(&mut Lower<'m>) -> Result<()>,
    ) -> Result<()> {
        let Some((first, rest)) = clauses.split_first() else { return inner(self) };
        // The variables live in the comprehension only.
        let names = first.pattern.names().into_iter().map(|(name, _)| name.to_string());
        let hidden: Vec<(String, Option<Var>)> =
            names.map(|name| (name.clone(), self.vars.get(&name).cloned())).collect();
        let written = self.iterate(&first.iter, &mut |this, item, _| {
            this.bind(&first.pattern, item)?;
            if first.conditions.is_empty() {
                return this.clauses(rest, inner);
            }
            let cond = this.cond(&ir::Expr::all_of(first.conditions.clone()))?;
            let body = this.block(|this| this.clauses(rest, inner))?;
            this.emit(Stmt::If(cond, body, Vec::new()));
            Ok(())
        });
        for (name, var) in hidden {
            match var {
                Some(var) => self.vars.insert(name, var),
                None => self.vars.remove(&name),
            };
        }
        written
    }

    /// Binds the variables of a comprehension or lambda, which nothing else changes.
    pub fn bind(&mut self, pattern: &Pattern, item: ir::Expr) -> Result<()> {
        match pattern {
            Pattern::Name { name, .. } => self.bind_name(name, &item),
            Pattern::Tuple(patterns) => {
                let parts = self.tuple_parts(&item)?;
                patterns.iter().zip(parts).try_for_each(|(pattern, part)| self.bind(pattern, part))
            }
        }
    }

    /// Binds a variable that nothing changes to a value.
    pub fn bind_name(&mut self, name: &str, item: &ir::Expr) -> Result<()> {
        if name == "_" {
            return Ok(());
        }
        let bound = match &item.kind {
            ExprKind::Local(source) => self.vars.get(source).cloned(),
            ExprKind::Int(value) => Some(Var::Number(Expr::int(*value))),
            ExprKind::Tuple(parts) if parts.iter().all(|part| part.as_local().is_some()) => {
                Some(Var::Parts(parts.clone()))
            }
            _ => None,
        };
        let var = match bound {
            Some(var) => var,
            None => match self.place(item)? {
                Some(place) => Var::Stored(place),
                None => {
                    let wish = super::super::names::word(name.split('$').next().unwrap_or(name));
                    let place = self.temp(&wish, &item.ty, item.span)?;
                    self.assign(&place, item)?;
                    Var::Stored(place)
                }
            },
        };
        self.vars.insert(name.to_string(), var);
        Ok(())
    }

    /// An item that may be read more than once.
    pub fn readable(&mut self, item: ir::Expr) -> Result<ir::Expr> {
        let cheap = match &item.kind {
            ExprKind::Local(_) | ExprKind::Int(_) | ExprKind::Str(_) | ExprKind::Bool(_) => true,
            ExprKind::Tuple(parts) => parts.iter().all(|part| matches!(part.kind, ExprKind::Local(_))),
            _ => false,
        };
        if cheap {
            return Ok(item);
        }
        let wish = self.wish_for(&item);
        let place = self.temp(&wish, &item.ty, item.span)?;
        self.assign(&place, &item)?;
        Ok(self.made_up(Var::Stored(place), item.ty.clone()))
    }

    fn iterate_range(&mut self, iter: &ir::Expr, turn: &mut Turn<'_, 'm>) -> Result<()> {
        let counter = self.temp("LOOP-INDEX", &Type::Int, iter.span)?;
        let item = self.made_up(Var::Stored(counter.clone()), Type::Int);
        let until = self.range_until(&counter.item(), iter, true)?;
        let body = self.block(|this| turn(this, item.clone(), None))?;
        self.emit(Stmt::Perform(until, body));
        Ok(())
    }

    /// The header of a loop over a range. Bounds that the loop may change are evaluated first.
    pub fn range_until(&mut self, counter: &Ref, range: &ir::Expr, bounds_stay: bool) -> Result<Until> {
        let ExprKind::Range { start, stop, step } = &range.kind else {
            return reject("iteration", range.span, "this is not a range");
        };
        let from = self.number(start)?;
        let from = self.atom("START-VALUE", from, start.span)?;
        let end = self.number(stop)?;
        let end = if bounds_stay && repeatable(&end) {
            end
        } else {
            let target = self.temp("END-VALUE", &Type::Int, stop.span)?;
            self.store_number(&target, end);
            target.item().into()
        };
        let counted: Expr = counter.clone().into();
        let (by, until) = match step.as_int() {
            Some(step) if step > 0 => (Expr::int(step), at_end(counted, end)),
            Some(step) => (Expr::int(step), at_start(counted, end)),
            None => {
                let by = self.number(step)?;
                let by = if bounds_stay {
                    self.atom("STEP-VALUE", by, step.span)?
                } else {
                    let target = self.temp("STEP-VALUE", &Type::Int, step.span)?;
                    self.store_number(&target, by);
                    target.item().into()
                };
                let rising = Cond::Relation(by.clone(), Relation::Gt, Expr::int(0));
                let up = Cond::all(vec![rising.clone(), at_end(counted.clone(), end.clone())]);
                let down = Cond::all(vec![rising.negated(), at_start(counted, end)]);
                (by, Cond::any(vec![up, down]))
            }
        };
        Ok(Until::Varying { counter: counter.clone(), from, by, until })
    }

    /// A literal or an item, as `FROM`, `BY` and `TIMES` want it.
    pub fn atom(&mut self, wish: &str, value: Expr, span: grammars::Span) -> Result<Expr> {
        if matches!(&value, Expr::Number(_)) || matches!(&value, Expr::Ref(item) if item.part.is_none()) {
            return Ok(value);
        }
        let place = self.temp(wish, &Type::Int, span)?;
        self.store_number(&place, value);
        Ok(place.item().into())
    }

    /// Whether `sequence_of` takes an iterable without making a list of it.
    pub fn is_sequence(&self, iter: &ir::Expr) -> bool {
        match &iter.kind {
            ExprKind::Comprehension { .. } => false,
            ExprKind::Intrinsic { op: Intrinsic::Filter, .. } => false,
            ExprKind::Range { step, .. } => step.as_int().is_some(),
            ExprKind::Intrinsic { op, args } => match op {
                Intrinsic::Enumerate | Intrinsic::Zip | Intrinsic::Reversed => {
                    args.iter().all(|arg| self.is_sequence(arg))
                }
                Intrinsic::Map => args[1..].iter().all(|arg| self.is_sequence(arg)),
                _ => true,
            },
            _ => true,
        }
    }

    /// Whether `iterate` counts the items of an iterable from 1 and says at which one it is.
    pub fn knows_position(&self, iter: &ir::Expr) -> bool {
        match &iter.kind {
            ExprKind::Comprehension { .. } | ExprKind::Range { .. } => false,
            ExprKind::Intrinsic { op, args } => match op {
                Intrinsic::Filter | Intrinsic::ToList | Intrinsic::Reversed => false,
                Intrinsic::Enumerate | Intrinsic::Zip | Intrinsic::Map => {
                    args.iter().all(|arg| self.is_sequence(arg) && self.knows_position(arg))
                }
                _ => self.is_sequence(iter),
            },
            _ => self.is_sequence(iter),
        }
    }

    /// An iterable whose items can be read by position; a generator is put in a list first.
    pub fn sequence_of(&mut self, iter: &ir::Expr) -> Result<Sequence> {
        match &iter.kind {
            ExprKind::Range { start, stop, step } => match step.as_int() {
                Some(step) => {
                    let (first, end) = (self.number(start)?, self.number(stop)?);
                    Ok(Sequence::Numbers(first.clone(), step, range_count(first, end, step)))
                }
                None => reject("iteration", iter.span, "the step of this range is unknown before it runs"),
            },
            ExprKind::Intrinsic { op, args } => match op {
                Intrinsic::Keys => self.sequence_of(&args[0]),
                Intrinsic::Values => Ok(Sequence::Values(self.stored(&args[0])?)),
                Intrinsic::Items => Ok(Sequence::Entries(self.stored(&args[0])?)),
                Intrinsic::Enumerate => {
                    let start = args.get(1).map_or(Ok(Expr::int(0)), |start| self.number(start))?;
                    Ok(Sequence::Counted(start, Box::new(self.sequence_of(&args[0])?)))
                }
                Intrinsic::Zip => {
                    let parts: Result<Vec<_>> = args.iter().map(|arg| self.sequence_of(arg)).collect();
                    Ok(Sequence::Zipped(parts?))
                }
                Intrinsic::Reversed => Ok(Sequence::Backwards(Box::new(self.sequence_of(&args[0])?))),
                Intrinsic::Map => {
                    let parts: Result<Vec<_>> = args[1..].iter().map(|arg| self.sequence_of(arg)).collect();
                    Ok(Sequence::Mapped(Box::new(args[0].clone()), parts?))
                }
                _ => self.stored_sequence(iter),
            },
            _ => self.stored_sequence(iter),
        }
    }

    fn stored_sequence(&mut self, iter: &ir::Expr) -> Result<Sequence> {
        if iter.ty.is_text() {
            let text = self.placed(iter)?;
            return match text.whole {
                Some(place) => Ok(Sequence::Items(place)),
                None => reject("iteration", iter.span, "this text is not stored"),
            };
        }
        if matches!(iter.ty, Type::List(_) | Type::Set(_) | Type::Dict(..)) {
            return Ok(Sequence::Items(self.stored(iter)?));
        }
        let Some(element) = iter.ty.element() else {
            return reject(
                "iteration",
                iter.span,
                format!("a value of type {} is not iterated in COBOL", iter.ty),
            );
        };
        let list = self.temp("ITEM-LIST", &Type::list(element.clone()), iter.span)?;
        match (&iter.ty, &iter.kind) {
            (Type::Tuple(_), ExprKind::Tuple(items)) => self.assign_items(&list, items, iter)?,
            (Type::Tuple(_), _) => {
                let parts = self.tuple_parts(iter)?;
                self.assign_items(&list, &parts, iter)?;
            }
            _ => self.collect_from(&list, iter)?,
        }
        Ok(Sequence::Items(list))
    }

    /// Emits the loop over a sequence.
    pub fn iterate_sequence(&mut self, sequence: &Sequence, turn: &mut Turn<'_, 'm>) -> Result<()> {
        let counter = self.position(&position_name(sequence));
        self.sequence_loop(sequence, counter, Expr::int(1), turn)
    }

    /// The loop over a sequence with a given counter that starts at `first`.
    pub fn sequence_loop(
        &mut self,
        sequence: &Sequence,
        counter: Ref,
        first: Expr,
        turn: &mut Turn<'_, 'm>,
    ) -> Result<()> {
        let position = Expr::from(counter.clone()).minus(first.clone()).offset(1);
        let (from, by, until, inner) = match sequence {
            Sequence::Backwards(inner) if first.as_int() == Some(1) => {
                let ends = Cond::relation(counter.clone(), Relation::Lt, Expr::int(1));
                let last = self.shortest(inner);
                (self.atom("LAST-INDEX", last, grammars::Span::default())?, Expr::int(-1), ends, &**inner)
            }
            _ => {
                let ends = self.sequence_ends(sequence, &position, &counter, &first);
                (first, Expr::int(1), ends, sequence)
            }
        };
        let body = self.block(|this| {
            let item = this.item_at(inner, position.clone())?;
            turn(this, item, Some(position.clone()))
        })?;
        self.emit(Stmt::Perform(Until::Varying { counter, from, by, until }, body));
        Ok(())
    }

    /// The condition that `position` is beyond the end.
    fn sequence_ends(&mut self, sequence: &Sequence, position: &Expr, counter: &Ref, first: &Expr) -> Cond {
        let mut counts = Vec::new();
        self.counts(sequence, &mut counts);
        let ends = counts.into_iter().map(|count| match first.as_int() {
            Some(0) => Cond::relation(counter.clone(), Relation::Ge, count),
            _ => Cond::Relation(position.clone(), Relation::Gt, count),
        });
        Cond::any(ends.collect())
    }

    /// The lengths of which the shortest counts.
    fn counts(&mut self, sequence: &Sequence, counts: &mut Vec<Expr>) {
        match sequence {
            Sequence::Items(place) | Sequence::Values(place) | Sequence::Entries(place) => {
                counts.extend(place.count().map(Expr::from));
            }
            Sequence::Numbers(_, _, count) => counts.push(count.clone()),
            Sequence::Counted(_, inner) | Sequence::Backwards(inner) => self.counts(inner, counts),
            Sequence::Zipped(parts) | Sequence::Mapped(_, parts) => {
                parts.iter().for_each(|part| self.counts(part, counts));
            }
        }
        counts.dedup();
    }

    /// The length of a sequence.
    pub fn shortest(&mut self, sequence: &Sequence) -> Expr {
        let mut counts = Vec::new();
        self.counts(sequence, &mut counts);
        if counts.len() == 1 { counts.remove(0) } else { function("MIN", counts) }
    }

    /// The item at `position`, counted from 1.
    pub fn item_at(&mut self, sequence: &Sequence, position: Expr) -> Result<ir::Expr> {
        match sequence {
            Sequence::Items(place) => Ok(self.element_of(place, position)),
            Sequence::Values(place) => {
                let ty =
                    if let Type::Dict(_, value) = &place.node.ty { (**value).clone() } else { Type::None };
                let var = place.entry_value(position.clone()).map_or(Var::Number(position), Var::Stored);
                Ok(self.made_up(var, ty))
            }
            Sequence::Entries(place) => {
                let key = self.element_of(place, position.clone());
                let value = self.item_at(&Sequence::Values(place.clone()), position)?;
                Ok(pair(key, value))
            }
            Sequence::Numbers(first, step, _) => {
                let distance = match step {
                    1 => position.offset(-1),
                    -1 => {
                        return Ok(
                            self.made_up(Var::Number(first.clone().offset(1).minus(position)), Type::Int)
                        );
                    }
                    step => {
                        Expr::Binary(ArithOp::Mul, Box::new(position.offset(-1)), Box::new(Expr::int(*step)))
                    }
                };
                let value = first.clone().plus(distance);
                Ok(self.made_up(Var::Number(value), Type::Int))
            }
            Sequence::Counted(start, inner) => {
                let index = position.clone().offset(-1).plus(start.clone());
                let index = self.made_up(Var::Number(index), Type::Int);
                Ok(pair(index, self.item_at(inner, position)?))
            }
            Sequence::Zipped(parts) => {
                let items: Result<Vec<_>> =
                    parts.iter().map(|part| self.item_at(part, position.clone())).collect();
                let items = items?;
                let ty = Type::Tuple(items.iter().map(|item| item.ty.clone()).collect());
                Ok(ir::Expr::new(ExprKind::Tuple(items), ty))
            }
            Sequence::Backwards(inner) => {
                let mirrored = self.shortest(inner).offset(1).minus(position);
                self.item_at(inner, mirrored)
            }
            Sequence::Mapped(function, parts) => {
                let items: Result<Vec<_>> =
                    parts.iter().map(|part| self.item_at(part, position.clone())).collect();
                self.applied(function, &items?)
            }
        }
    }

    /// The element at `position` of a text, list or set, or the key of a dict.
    pub fn element_of(&mut self, place: &Loc, position: Expr) -> ir::Expr {
        let ty = place.node.ty.element().unwrap_or(Type::Str);
        let var = match (place.chars(), place.element(position.clone())) {
            (Some(chars), _) => Var::Char(chars.slice(position, Expr::int(1))),
            (None, Some(item)) => Var::Stored(item),
            (None, None) => Var::Number(position),
        };
        self.made_up(var, ty)
    }
}

fn pair(left: ir::Expr, right: ir::Expr) -> ir::Expr {
    let ty = Type::Tuple(vec![left.ty.clone(), right.ty.clone()]);
    ir::Expr::new(ExprKind::Tuple(vec![left, right]), ty)
}

/// What the position in a sequence is called.
fn position_name(sequence: &Sequence) -> String {
    match sequence {
        Sequence::Items(place) if place.chars().is_some() => "CHAR-POS".to_string(),
        Sequence::Items(place) => format!("{}-POS", singular(place.node.name.trim_end_matches("-LIST"))),
        Sequence::Values(_) | Sequence::Entries(_) => "ENTRY-POS".to_string(),
        Sequence::Numbers(..) => "LOOP-POS".to_string(),
        Sequence::Counted(_, inner) | Sequence::Backwards(inner) => position_name(inner),
        Sequence::Zipped(parts) | Sequence::Mapped(_, parts) => {
            parts.first().map_or("LOOP-POS".to_string(), position_name)
        }
    }
}

/// `counter >= end`, in the plainest form.
fn at_end(counter: Expr, end: Expr) -> Cond {
    match end {
        Expr::Binary(ArithOp::Add, base, one) if one.as_int() == Some(1) => {
            Cond::Relation(counter, Relation::Gt, *base)
        }
        end => Cond::Relation(counter, Relation::Ge, end),
    }
}

/// `counter <= end`, in the plainest form.
fn at_start(counter: Expr, end: Expr) -> Cond {
    match (end.as_int(), end) {
        (Some(n), _) => Cond::Relation(counter, Relation::Lt, Expr::int(n + 1)),
        (None, Expr::Binary(ArithOp::Sub, base, one)) if one.as_int() == Some(1) => {
            Cond::Relation(counter, Relation::Lt, *base)
        }
        (None, end) => Cond::Relation(counter, Relation::Le, end),
    }
}

/// Whether an expression may be evaluated on every turn.
fn repeatable(value: &Expr) -> bool {
    match value {
        Expr::Number(_) | Expr::Ref(_) => true,
        Expr::Binary(op, left, right) => *op != ArithOp::Pow && repeatable(left) && repeatable(right),
        _ => false,
    }
}

/// How many numbers a range with a known step has.
fn range_count(first: Expr, end: Expr, step: i128) -> Expr {
    let distance = if step > 0 { end.minus(first) } else { first.minus(end) };
    let by = step.abs();
    if by == 1 {
        return distance;
    }
    let rounded = Expr::Binary(ArithOp::Div, Box::new(distance.offset(by - 1)), Box::new(Expr::int(by)));
    function("INTEGER", vec![rounded])
}
