//! The claims of `ranges` are checked on random programs by running them.

use super::super::testing::{function, int, ints, module};
use super::*;
use grammars::ir::{
    BinaryOp, CompareOp, Expr, ExprKind, IndexMode, Intrinsic, Overflow, Pattern, Place, SliceBounds, Stmt,
    StmtKind,
};
use proptest::prelude::*;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// A value while a program runs.
#[derive(Clone, Debug)]
enum Value {
    Int(i128),
    Bool(bool),
    List(Rc<RefCell<Vec<i128>>>),
}

/// Why a run, or a part of it, ends.
enum Stop {
    Break,
    Continue,
    Return,
    /// An exception of the program, or too many steps.
    Raise,
    /// A claim that does not hold.
    Wrong(String),
}

type Run<T> = Result<T, Stop>;

/// Runs statements and checks what they claim.
struct Machine {
    variables: BTreeMap<String, Value>,
    fuel: u32,
}

impl Machine {
    fn int(&mut self, expr: &Expr) -> Run<i128> {
        match self.value(expr)? {
            Value::Int(value) => Ok(value),
            Value::Bool(value) => Ok(i128::from(value)),
            Value::List(_) => Err(Stop::Raise),
        }
    }

    fn list(&mut self, expr: &Expr) -> Run<Rc<RefCell<Vec<i128>>>> {
        match self.value(expr)? {
            Value::List(list) => Ok(list),
            _ => Err(Stop::Raise),
        }
    }

    fn truth(&mut self, expr: &Expr) -> Run<bool> {
        match self.value(expr)? {
            Value::Bool(value) => Ok(value),
            _ => Err(Stop::Raise),
        }
    }

    fn value(&mut self, expr: &Expr) -> Run<Value> {
        Ok(match &expr.kind {
            ExprKind::Int(value) => Value::Int(*value),
            ExprKind::Bool(value) => Value::Bool(*value),
            ExprKind::Local(name) => self.variables.get(name).cloned().ok_or(Stop::Raise)?,
            ExprKind::List(items) => {
                let items = items.iter().map(|e| self.int(e)).collect::<Run<Vec<_>>>()?;
                Value::List(Rc::new(RefCell::new(items)))
            }
            ExprKind::Binary { op: BinaryOp::Repeat, left, right, .. } => {
                let (list, times) = (self.list(left)?, self.int(right)?);
                let items = list.borrow().repeat(usize::try_from(times.clamp(0, 20)).unwrap_or(0));
                if times > 20 {
                    return Err(Stop::Raise);
                }
                Value::List(Rc::new(RefCell::new(items)))
            }
            ExprKind::Binary { op, overflow, left, right } => {
                let (a, b) = (self.int(left)?, self.int(right)?);
                let result = operate(*op, a, b)?;
                if *overflow == Overflow::Fits && i64::try_from(result).is_err() {
                    return Err(Stop::Wrong(format!("{a} {op:?} {b} does not fit")));
                }
                Value::Int(result)
            }
            ExprKind::Compare { op, left, right } => {
                let (a, b) = (self.int(left)?, self.int(right)?);
                Value::Bool(match op {
                    CompareOp::Eq => a == b,
                    CompareOp::Ne => a != b,
                    CompareOp::Lt => a < b,
                    CompareOp::Le => a <= b,
                    CompareOp::Gt => a > b,
                    CompareOp::Ge => a >= b,
                })
            }
            ExprKind::And(operands) => {
                for operand in operands {
                    if !self.truth(operand)? {
                        return Ok(Value::Bool(false));
                    }
                }
                Value::Bool(true)
            }
            ExprKind::Not(operand) => Value::Bool(!self.truth(operand)?),
            ExprKind::IfElse { condition, then, orelse } => {
                let branch = if self.truth(condition)? { then } else { orelse };
                self.value(branch)?
            }
            ExprKind::Index { base, index, mode } => {
                let (list, index) = (self.list(base)?, self.int(index)?);
                let at = position(&list.borrow(), index, *mode)?;
                let item = list.borrow()[at];
                Value::Int(item)
            }
            ExprKind::Slice { base, start, stop, bounds, .. } => self.slice(base, start, stop, *bounds)?,
            ExprKind::Intrinsic { op, args } => self.intrinsic(op, args)?,
            _ => return Err(Stop::Raise),
        })
    }

    fn slice(
        &mut self,
        base: &Expr,
        start: &Option<Box<Expr>>,
        stop: &Option<Box<Expr>>,
        bounds: SliceBounds,
    ) -> Run<Value> {
        let list = self.list(base)?;
        let length = list.borrow().len() as i128;
        let mut ends = Vec::new();
        let claims = [
            (start, 0, bounds.start_in_range, bounds.start_non_negative),
            (stop, length, bounds.stop_in_range, bounds.stop_non_negative),
        ];
        for (bound, absent, in_range, not_negative) in claims {
            let value = bound.as_ref().map(|e| self.int(e)).transpose()?.unwrap_or(absent);
            if (in_range && !(0..=length).contains(&value)) || (not_negative && value < 0) {
                return Err(Stop::Wrong(format!("bound {value} of {length}")));
            }
            let from_start = if value < 0 { value + length } else { value };
            ends.push(from_start.clamp(0, length) as usize);
        }
        let items = list.borrow().get(ends[0]..ends[1]).unwrap_or_default().to_vec();
        Ok(Value::List(Rc::new(RefCell::new(items))))
    }

    fn intrinsic(&mut self, op: &Intrinsic, args: &[Expr]) -> Run<Value> {
        Ok(match op {
            Intrinsic::Len => Value::Int(self.list(&args[0])?.borrow().len() as i128),
            Intrinsic::IsEmpty => Value::Bool(self.list(&args[0])?.borrow().is_empty()),
            Intrinsic::Abs => Value::Int(self.int(&args[0])?.abs()),
            Intrinsic::MinOf => Value::Int(self.int(&args[0])?.min(self.int(&args[1])?)),
            Intrinsic::MaxOf => Value::Int(self.int(&args[0])?.max(self.int(&args[1])?)),
            Intrinsic::Pop => {
                let list = self.list(&args[0])?;
                let item = list.borrow_mut().pop();
                Value::Int(item.ok_or(Stop::Raise)?)
            }
            Intrinsic::Append => {
                let (list, item) = (self.list(&args[0])?, self.int(&args[1])?);
                list.borrow_mut().push(item);
                Value::Bool(false)
            }
            Intrinsic::Copy => {
                let items = self.list(&args[0])?.borrow().clone();
                Value::List(Rc::new(RefCell::new(items)))
            }
            _ => return Err(Stop::Raise),
        })
    }

    fn block(&mut self, block: &Block) -> Run<()> {
        for stmt in block {
            self.fuel = self.fuel.checked_sub(1).ok_or(Stop::Raise)?;
            self.stmt(stmt)?;
        }
        Ok(())
    }

    fn stmt(&mut self, stmt: &Stmt) -> Run<()> {
        match &stmt.kind {
            StmtKind::Assign { place: Place::Variable { name, .. }, value } => {
                let value = self.value(value)?;
                self.variables.insert(name.clone(), value);
            }
            StmtKind::Assign { place: Place::Item { base, index, mode }, value } => {
                let value = self.int(value)?;
                let (list, index) = (self.list(base)?, self.int(index)?);
                let at = position(&list.borrow(), index, *mode)?;
                list.borrow_mut()[at] = value;
            }
            StmtKind::AugAssign { place, op, overflow, value } => {
                let old = place.as_expr().ok_or(Stop::Raise)?;
                let value = Expr::binary(*op, *overflow, old, value.clone());
                self.stmt(&Stmt::new(StmtKind::Assign { place: place.clone(), value }))?;
            }
            StmtKind::Expr(value) => {
                self.value(value)?;
            }
            StmtKind::If { branches, orelse } => {
                for (condition, block) in branches {
                    if self.truth(condition)? {
                        return self.block(block);
                    }
                }
                self.block(orelse)?;
            }
            StmtKind::While { condition, body, .. } => {
                while self.truth(condition)? {
                    if self.turn(body)? {
                        break;
                    }
                }
            }
            StmtKind::For { pattern, iter, body, .. } => self.for_loop(pattern, iter, body)?,
            StmtKind::Break => return Err(Stop::Break),
            StmtKind::Continue => return Err(Stop::Continue),
            StmtKind::Return(_) => return Err(Stop::Return),
            _ => {}
        }
        Ok(())
    }

    fn for_loop(&mut self, pattern: &Pattern, iter: &Expr, body: &Block) -> Run<()> {
        let ExprKind::Range { start, stop, step } = &iter.kind else { return Err(Stop::Raise) };
        let (mut at, stop, step) = (self.int(start)?, self.int(stop)?, self.int(step)?);
        let Pattern::Name { name, .. } = pattern else { return Err(Stop::Raise) };
        while (step > 0 && at < stop) || (step < 0 && at > stop) {
            self.variables.insert(name.clone(), Value::Int(at));
            if self.turn(body)? {
                break;
            }
            at += step;
        }
        Ok(())
    }

    /// Runs a loop's body once; whether it broke.
    fn turn(&mut self, body: &Block) -> Run<bool> {
        self.fuel = self.fuel.checked_sub(1).ok_or(Stop::Raise)?;
        match self.block(body) {
            Ok(()) | Err(Stop::Continue) => Ok(false),
            Err(Stop::Break) => Ok(true),
            Err(stop) => Err(stop),
        }
    }
}

fn operate(op: BinaryOp, a: i128, b: i128) -> Run<i128> {
    let result = match op {
        BinaryOp::Add => a.checked_add(b),
        BinaryOp::Sub => a.checked_sub(b),
        BinaryOp::Mul => a.checked_mul(b),
        BinaryOp::FloorDiv if b > 0 => Some(a.div_euclid(b)),
        BinaryOp::FloorMod if b > 0 => Some(a.rem_euclid(b)),
        BinaryOp::BitAnd => Some(a & b),
        BinaryOp::BitOr => Some(a | b),
        BinaryOp::BitXor => Some(a ^ b),
        _ => None,
    };
    result.filter(|r| r.abs() < 1 << 90).ok_or(Stop::Raise)
}

/// The position in `list` that `index` means; checks the mode's claim.
fn position(list: &[i128], index: i128, mode: IndexMode) -> Run<usize> {
    let length = list.len() as i128;
    let holds = match mode {
        IndexMode::Python => true,
        IndexMode::NonNegative => index >= 0,
        IndexMode::InRange => (0..length).contains(&index),
        IndexMode::FromEnd => index < 0,
    };
    if !holds {
        return Err(Stop::Wrong(format!("index {index} of {length} is not {mode:?}")));
    }
    let at = if index < 0 { index + length } else { index };
    usize::try_from(at).ok().filter(|at| *at < list.len()).ok_or(Stop::Raise)
}

/// Writes random programs over the integers a, b, n, i, k and the lists xs, ys.
struct Writer(u64);

impl Writer {
    fn pick(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 33) % n
    }

    fn one_of<T: Clone>(&mut self, choices: &[T]) -> T {
        choices[self.pick(choices.len() as u64) as usize].clone()
    }

    fn variable(&mut self) -> Expr {
        let name = self.one_of(&["a", "b", "n", "i", "k"]);
        int(name)
    }

    fn sequence(&mut self) -> Expr {
        let name = self.one_of(&["xs", "ys"]);
        ints(name)
    }

    fn int(&mut self, depth: u64) -> Expr {
        if depth == 0 {
            return match self.pick(3) {
                0 => Expr::int(i128::from(self.pick(5)) - 1),
                1 => Expr::len(self.sequence()),
                _ => self.variable(),
            };
        }
        let (left, right) = (self.int(depth - 1), self.int(depth - 1));
        match self.pick(10) {
            0..4 => {
                let op = self.one_of(&[BinaryOp::Add, BinaryOp::Sub]);
                Expr::binary(op, Overflow::Unbounded, left, right)
            }
            4..7 => {
                let ops = [
                    BinaryOp::Mul,
                    BinaryOp::FloorDiv,
                    BinaryOp::FloorMod,
                    BinaryOp::BitAnd,
                    BinaryOp::BitOr,
                    BinaryOp::BitXor,
                ];
                Expr::binary(self.one_of(&ops), Overflow::Unbounded, left, right)
            }
            7 => {
                let op = self.one_of(&[Intrinsic::MinOf, Intrinsic::MaxOf]);
                Expr::intrinsic(op, vec![left, right], Type::Int)
            }
            8 => {
                let sum = Expr::binary(BinaryOp::Add, Overflow::Unbounded, self.variable(), self.variable());
                Expr::binary(BinaryOp::FloorDiv, Overflow::Unbounded, sum, Expr::int(2))
            }
            _ => {
                let condition = Box::new(self.condition());
                let kind = ExprKind::IfElse { condition, then: Box::new(left), orelse: Box::new(right) };
                Expr::new(kind, Type::Int)
            }
        }
    }

    fn condition(&mut self) -> Expr {
        let ops = [CompareOp::Lt, CompareOp::Le, CompareOp::Gt, CompareOp::Ge, CompareOp::Eq, CompareOp::Ne];
        let depth = self.pick(2);
        let comparison = if self.pick(3) == 0 {
            Expr::compare(CompareOp::Lt, self.variable(), Expr::len(self.sequence()))
        } else {
            Expr::compare(self.one_of(&ops), self.int(depth), self.int(0))
        };
        match self.pick(6) {
            0 => {
                Expr::all_of(vec![comparison, Expr::compare(self.one_of(&ops), self.variable(), self.int(0))])
            }
            1 => Expr::new(ExprKind::Not(Box::new(comparison)), Type::Bool),
            2 => Expr::intrinsic(Intrinsic::IsEmpty, vec![self.sequence()], Type::Bool),
            _ => comparison,
        }
    }

    fn item(&mut self) -> Expr {
        let depth = self.pick(2);
        let index = if self.pick(2) == 0 { self.variable() } else { self.int(depth) };
        Expr::index(self.sequence(), index, IndexMode::Python)
    }

    fn list(&mut self) -> Expr {
        match self.pick(6) {
            0 => Expr::new(
                ExprKind::List((0..self.pick(4)).map(|i| Expr::int(i128::from(i))).collect()),
                ints("").ty,
            ),
            1 | 2 => {
                let one = Expr::new(ExprKind::List(vec![Expr::int(0)]), ints("").ty);
                Expr::binary(BinaryOp::Repeat, Overflow::Fits, one, self.int(1))
            }
            3 => Expr::intrinsic(Intrinsic::Copy, vec![self.sequence()], ints("").ty),
            4 => {
                let (base, bounds) = (Box::new(self.sequence()), SliceBounds::default());
                let (start, stop) = (Some(Box::new(self.int(1))), Some(Box::new(self.int(0))));
                Expr::new(ExprKind::Slice { base, start, stop, step: None, bounds }, ints("").ty)
            }
            _ => self.sequence(),
        }
    }

    fn block(&mut self, depth: u64) -> Block {
        (0..1 + self.pick(4)).map(|_| self.stmt(depth)).collect()
    }

    fn stmt(&mut self, depth: u64) -> Stmt {
        match self.pick(if depth == 0 { 9 } else { 15 }) {
            0 | 1 => Stmt::assign(self.one_of(&["a", "b", "n", "i", "k"]), self.int(1)),
            2 => {
                let place = Place::variable(self.one_of(&["a", "b", "n", "i", "k"]), Type::Int);
                let op = self.one_of(&[BinaryOp::Add, BinaryOp::Sub]);
                let value = if self.pick(3) == 0 { self.int(0) } else { Expr::int(1) };
                Stmt::new(StmtKind::AugAssign { place, op, overflow: Overflow::Unbounded, value })
            }
            3 => Stmt::assign(self.one_of(&["a", "b"]), self.item()),
            4 => {
                let (base, index) = (self.sequence(), self.int(1));
                let place = Place::Item { base, index, mode: IndexMode::Python };
                Stmt::new(StmtKind::Assign { place, value: self.int(0) })
            }
            5 => Stmt::assign(self.one_of(&["xs", "ys"]), self.list()),
            6 => {
                Stmt::expr(Expr::intrinsic(Intrinsic::Append, vec![self.sequence(), self.int(0)], Type::None))
            }
            7 => Stmt::assign("a", Expr::intrinsic(Intrinsic::Pop, vec![self.sequence()], Type::Int)),
            8 => Stmt::if_else(
                self.condition(),
                vec![Stmt::new(self.one_of(&[StmtKind::Return(None), StmtKind::Pass]))],
                vec![],
            ),
            9..12 => {
                let inner = self.block(depth - 1);
                let orelse = if self.pick(2) == 0 { self.block(depth - 1) } else { Block::new() };
                Stmt::if_else(self.condition(), inner, orelse)
            }
            12 => {
                let (condition, mut body) = (self.condition(), self.block(depth - 1));
                if self.pick(2) == 0 {
                    let leave = self.one_of(&[StmtKind::Break, StmtKind::Continue]);
                    body.push(Stmt::if_else(self.condition(), vec![Stmt::new(leave)], vec![]));
                }
                Stmt::new(StmtKind::While { condition, body, orelse: vec![] })
            }
            _ => {
                let step = self.one_of(&[1, 1, 1, 2, -1, -2]);
                let (start, stop) =
                    if step > 0 { (self.int(0), self.int(1)) } else { (self.int(1), self.int(0)) };
                let kind = ExprKind::Range {
                    start: Box::new(start),
                    stop: Box::new(stop),
                    step: Box::new(Expr::int(step)),
                };
                let pattern = Pattern::name(self.one_of(&["i", "k"]), Type::Int);
                let body = self.block(depth - 1);
                Stmt::for_each(pattern, Expr::new(kind, Type::iter(Type::Int)), body)
            }
        }
    }
}

fn analysed(body: Block) -> Block {
    let list = Type::list(Type::Int);
    let params = [("xs", list.clone()), ("ys", list), ("a", Type::Int), ("b", Type::Int), ("n", Type::Int)];
    let module = super::super::effects::run(module(vec![function("f", &params, Type::None, body)]));
    run(module).function("f").expect("the function is there").body.clone()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn what_is_marked_holds_when_the_program_runs(seed in any::<u64>(), a in -3i128..6, b in -3i128..6, n in 0i128..6, large in any::<bool>(), same in any::<bool>(), length in 0usize..6) {
        let mut writer = Writer(seed);
        let mut body = vec![Stmt::assign("i", Expr::int(0)), Stmt::assign("k", Expr::int(1))];
        body.extend(writer.block(3));
        let body = analysed(body);
        let xs = Rc::new(RefCell::new((0..length as i128).collect::<Vec<_>>()));
        let ys = if same { xs.clone() } else { Rc::new(RefCell::new(vec![1, 2])) };
        let scale = if large { 1 << 62 } else { 1 };
        let variables = [
            ("a", Value::Int(a * scale)), ("b", Value::Int(b)), ("n", Value::Int(n)),
            ("xs", Value::List(xs)), ("ys", Value::List(ys)),
        ];
        let variables = variables.into_iter().map(|(name, value)| (name.to_string(), value)).collect();
        if let Err(Stop::Wrong(claim)) = (Machine { variables, fuel: 400 }).block(&body) {
            prop_assert!(false, "{claim} in\n{}", grammars::ir::text::print_block(&body));
        }
    }
}

fn marked(body: Block) -> String {
    grammars::ir::text::print_block(&analysed(body))
}

fn at(index: Expr) -> Expr {
    Expr::index(ints("xs"), index, IndexMode::Python)
}

fn minus(a: Expr, b: Expr) -> Expr {
    Expr::binary(BinaryOp::Sub, Overflow::Unbounded, a, b)
}

fn plus(a: Expr, b: Expr) -> Expr {
    Expr::binary(BinaryOp::Add, Overflow::Unbounded, a, b)
}

#[test]
fn neighbours_in_a_counting_loop_are_in_range() {
    let body = vec![Stmt::assign("a", minus(at(plus(int("i"), Expr::int(1))), at(int("i"))))];
    let range = Expr::range(Expr::int(0), minus(Expr::len(ints("xs")), Expr::int(1)));
    let text =
        "for i in #range(0, (#len(xs) -! 1), 1) {\n    a = (xs[(i +! 1); in-range] - xs[i; in-range]);\n}\n";
    assert_eq!(marked(vec![Stmt::for_each(Pattern::name("i", Type::Int), range, body)]), text);
}

#[test]
fn mirrored_positions_are_in_range() {
    let count = Stmt::assign("n", Expr::len(ints("xs")));
    let mirrored = minus(minus(int("n"), Expr::int(1)), int("i"));
    let body = vec![Stmt::assign("a", at(mirrored))];
    let looped = Stmt::for_each(Pattern::name("i", Type::Int), Expr::range(Expr::int(0), int("n")), body);
    let text = "n = #len(xs);\nfor i in #range(0, n, 1) {\n    a = xs[((n -! 1) -! i); in-range];\n}\n";
    assert_eq!(marked(vec![count, looped]), text);
}

#[test]
fn binary_search_stays_within_the_list() {
    let middle =
        Expr::binary(BinaryOp::FloorDiv, Overflow::Unbounded, plus(int("low"), int("high")), Expr::int(2));
    let smaller = Expr::compare(CompareOp::Lt, at(int("middle")), int("a"));
    let body = vec![
        Stmt::assign("middle", middle),
        Stmt::if_else(
            smaller,
            vec![Stmt::assign("low", plus(int("middle"), Expr::int(1)))],
            vec![Stmt::assign("high", minus(int("middle"), Expr::int(1)))],
        ),
    ];
    let condition = Expr::compare(CompareOp::Le, int("low"), int("high"));
    let start = Stmt::assign("high", minus(Expr::len(ints("xs")), Expr::int(1)));
    let search = Stmt::new(StmtKind::While { condition, body, orelse: vec![] });
    let text = marked(vec![Stmt::assign("low", Expr::int(0)), start, search]);
    assert!(text.contains("xs[middle; in-range]"), "{text}");
    assert!(text.contains("middle = ((low +! high) //! 2)"), "{text}");
}

#[test]
fn a_table_of_n_items_has_positions_up_to_n() {
    let zero = Expr::new(ExprKind::List(vec![Expr::int(0)]), Type::list(Type::Int));
    let table = Expr::binary(BinaryOp::Repeat, Overflow::Fits, zero, plus(int("n"), Expr::int(1)));
    let body = vec![Stmt::assign("a", Expr::index(ints("table"), int("i"), IndexMode::Python))];
    let range = Expr::range(Expr::int(0), plus(int("n"), Expr::int(1)));
    let looped = Stmt::for_each(Pattern::name("i", Type::Int), range, body);
    let text = marked(vec![Stmt::assign("table", table), looped]);
    assert!(text.contains("table[i; in-range]"), "{text}");
}

#[test]
fn a_counter_fits_and_a_sum_of_anything_need_not() {
    let step = |name, value| {
        let place = Place::variable(name, Type::Int);
        Stmt::new(StmtKind::AugAssign { place, op: BinaryOp::Add, overflow: Overflow::Unbounded, value })
    };
    let body = vec![step("count", Expr::int(1)), step("total", at(int("i")))];
    let range = Expr::range(Expr::int(0), Expr::len(ints("xs")));
    let looped = Stmt::for_each(Pattern::name("i", Type::Int), range, body);
    let text = marked(vec![Stmt::assign("count", Expr::int(0)), Stmt::assign("total", Expr::int(0)), looped]);
    assert!(text.contains("count +!= 1"), "{text}");
    assert!(text.contains("total += xs[i; in-range]"), "{text}");
}

#[test]
fn popping_in_between_voids_what_was_known() {
    let pop = Stmt::expr(Expr::intrinsic(Intrinsic::Pop, vec![ints("ys")], Type::Int));
    let guard = Expr::compare(CompareOp::Lt, int("i"), Expr::len(ints("xs")));
    let body = vec![pop, Stmt::assign("a", at(int("i")))];
    let text = marked(vec![Stmt::assign("i", Expr::int(0)), Stmt::if_else(guard, body, vec![])]);
    assert!(text.contains("xs[i; non-negative]"), "ys may be xs:\n{text}");
}
