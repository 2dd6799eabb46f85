//! Types of what NumPy's functions and the operators on arrays give.

mod function;

pub(super) use function::{Function, Like, Shape};

use function::{function, method};

use super::annotation::array_element;
use super::cells::{ArrayHead, Cell, Cells, Element, Head};
use super::constraint::Arguments;
use super::facts::Facts;
use super::generate::literal_int;
use super::key::Key;
use super::special::{Applied, Call};
use grammars::ir::{ArrayOp, Reduction};
use grammars::surface::visit::{Visit, walk_expr, walk_stmt};
use grammars::surface::{BinaryOp, Expr, ExprKind, Module, Stmt};
use grammars::{Rejection, Span};

/// Arrays of more axes than this are none of NumPy's.
const MAX_RANK: u8 = 32;

/// The module calls NumPy.
pub(super) fn are_used(module: &Module) -> bool {
    struct Finder(bool);
    impl Visit for Finder {
        fn stmt(&mut self, stmt: &Stmt) {
            walk_stmt(self, stmt);
        }
        fn expr(&mut self, expr: &Expr) {
            self.0 |= matches!(&expr.kind, ExprKind::Library(path) if path.starts_with("numpy."));
            walk_expr(self, expr);
        }
    }
    let mut finder = Finder(false);
    module.body.iter().for_each(|stmt| finder.stmt(stmt));
    module.tests.iter().flat_map(|test| &test.body).for_each(|stmt| finder.stmt(stmt));
    finder.0
}

/// One of an array's items along its first axis.
pub(super) fn item(array: ArrayHead) -> Head {
    match array.rank {
        None => Head::Unknown,
        Some(rank) => of(array.element, rank.saturating_sub(1)),
    }
}

/// An array, or for rank 0 a value of its own.
fn of(element: Option<Element>, rank: u8) -> Head {
    match (rank, element) {
        (0, None) => Head::Unknown,
        (rank, _) if rank > MAX_RANK => Head::Unknown,
        (0, Some(element)) => element.head(),
        (rank, element) => Head::Array(ArrayHead { element, rank: Some(rank) }),
    }
}

/// The cell as an operand of array arithmetic: lists and tuples become arrays. `None` if nothing
/// is known of it, or it is no operand.
fn operand(cells: &Cells, cell: Cell) -> Option<ArrayHead> {
    operand_within(cells, cell, MAX_RANK)
}

/// As [`operand`], of lists that are no deeper than `depth`: a list can hold itself.
fn operand_within(cells: &Cells, cell: Cell, depth: u8) -> Option<ArrayHead> {
    let depth = depth.checked_sub(1)?;
    let value = |element| Some(ArrayHead { element: Some(element), rank: Some(0) });
    match cells.head(cell) {
        Head::Bool => value(Element::Bool),
        Head::Int => value(Element::Int),
        Head::Float => value(Element::Float),
        Head::Array(array) => Some(*array),
        Head::List(t) | Head::VarTuple(t) => {
            let inner = operand_within(cells, *t, depth)?;
            Some(ArrayHead { rank: inner.rank.map(|r| r.saturating_add(1)), ..inner })
        }
        Head::Tuple(items) => {
            let items: Option<Vec<ArrayHead>> =
                items.iter().map(|t| operand_within(cells, *t, depth)).collect();
            let items = items?;
            let rank = items.first()?.rank.map(|r| r.saturating_add(1));
            Some(ArrayHead { element: items.iter().filter_map(|i| i.element).max(), rank })
        }
        _ => None,
    }
}

/// What `left op right` gives where one of them is an array.
pub(super) fn binary(cells: &mut Cells, op: BinaryOp, (left, right): (Cell, Cell), out: Cell) {
    let (Some(a), Some(b)) = (operand(cells, left), operand(cells, right)) else { return };
    let (Some(x), Some(y)) = (a.element, b.element) else { return };
    let (Some(r), Some(s)) = (a.rank, b.rank) else { return };
    let head = match op {
        BinaryOp::MatMul => of(Some(x.max(y).max(Element::Int)), product_rank(r, s)),
        BinaryOp::Div => of(Some(Element::Float), r.max(s)),
        BinaryOp::BitAnd | BinaryOp::BitOr | BinaryOp::BitXor => of(Some(x.max(y)), r.max(s)),
        _ => of(Some(x.max(y).max(Element::Int)), r.max(s)),
    };
    cells.define(out, head);
}

/// The rank of a matrix product.
fn product_rank(left: u8, right: u8) -> u8 {
    left.saturating_add(right).saturating_sub(2)
}

/// What a comparison gives: an array if one of the operands is one.
pub(super) fn compare(facts: &mut Facts, left: Cell, right: Cell, out: Cell) {
    let cells = &mut facts.cells;
    let heads = [cells.head(left).clone(), cells.head(right).clone()];
    if heads.contains(&Head::Unknown) && !cells.is_nullable(left) && !cells.is_nullable(right) {
        return;
    }
    if !heads.iter().any(|h| matches!(h, Head::Array(_))) {
        return cells.define(out, Head::Bool);
    }
    let (Some(a), Some(b)) = (operand(cells, left), operand(cells, right)) else { return };
    if let (Some(r), Some(s)) = (a.rank, b.rank) {
        cells.define(out, of(Some(Element::Bool), r.max(s)));
    }
}

/// What `array[index]` gives.
pub(super) fn select(cells: &mut Cells, array: ArrayHead, index: Cell, out: Cell) {
    let Some(rank) = array.rank else { return };
    let items = match cells.head(index) {
        Head::Tuple(items) => items.clone(),
        _ => vec![index],
    };
    let (mut lost, mut gained) = (0u8, 0u8);
    for item in items {
        match cells.head(item) {
            Head::Unknown if cells.is_nullable(item) => gained = gained.saturating_add(1),
            Head::Unknown => return,
            Head::Int => lost = lost.saturating_add(1),
            Head::Array(ArrayHead { element: Some(Element::Bool), rank: Some(mask) }) => {
                lost = lost.saturating_add(mask.saturating_sub(1));
            }
            _ => {}
        }
    }
    cells.define(out, of(array.element, rank.saturating_add(gained).saturating_sub(lost)));
}

/// What `array.name` gives; false if there is no such attribute.
pub(super) fn attribute(facts: &mut Facts, key: Key, array: ArrayHead, name: &str, out: Cell) -> bool {
    let head = match name {
        "T" => Head::Array(array),
        "size" | "ndim" => Head::Int,
        "shape" => match array.rank {
            Some(rank) => shape(facts, key, rank),
            None => return true,
        },
        _ => return false,
    };
    facts.cells.define(out, head);
    true
}

fn shape(facts: &mut Facts, key: Key, rank: u8) -> Head {
    let int = facts.scratch(key, 1)[0];
    facts.cells.join(int, Head::Int);
    Head::Tuple(vec![int; usize::from(rank)])
}

/// Types the call if it is one of NumPy or on an array.
pub(super) fn call(call: &mut Call) -> Result<Applied, Rejection> {
    let Call { key, path, args, out, span, .. } = *call;
    let facts = &mut *call.facts;
    let first = args.positional.first().map(|(_, cell)| facts.cells.head(*cell).clone());
    let on_array = matches!(first, Some(Head::Array(_)));
    if path == "builtins.slice" {
        facts.cells.define(out, Head::Slice);
        return Ok(Applied::Done);
    }
    let nothing_given = args.positional.first().is_none_or(|(_, c)| facts.cells.is_unknown(*c));
    if nothing_given && path.strip_prefix("numpy.").and_then(array_element).is_some() {
        return Ok(Applied::Done);
    }
    let Some(found) = meant(path, on_array, span)? else { return Ok(Applied::No) };
    if found == Function::SortInPlace {
        facts.cells.set_nullable(out);
    }
    let typed = Typed { facts, key, args };
    if let Some(head) = typed.result(found) {
        facts.cells.define(out, head);
    }
    Ok(Applied::Done)
}

/// The function that a path means: one of NumPy, or where its first argument is an array a method or a
/// builtin function.
///
/// # Errors
/// `infer.numpy` for those that have no rule.
pub(super) fn meant(path: &str, on_array: bool, span: Span) -> Result<Option<Function>, Rejection> {
    let unknown = || {
        let name = if path.starts_with('.') { "ndarray" } else { "" };
        Rejection::new("infer.numpy", span, format!("There is no rule for `{name}{path}`."))
    };
    if let Some(name) = path.strip_prefix("numpy.") {
        return function(name).map(Some).ok_or_else(unknown);
    }
    match (path, path.strip_prefix('.')) {
        _ if !on_array => Ok(None),
        (_, Some(name)) => method(name).map(Some).ok_or_else(unknown),
        ("builtins.len", _) => Ok(Some(Function::Size)),
        ("builtins.abs" | "builtins.round", _) => Ok(function(path.trim_start_matches("builtins."))),
        _ => Ok(None),
    }
}

/// A call being typed.
struct Typed<'f, 'a, 'm> {
    facts: &'f mut Facts<'m>,
    key: Key,
    args: &'a Arguments<'m>,
}

impl<'m> Typed<'_, '_, 'm> {
    fn cell(&self, at: usize) -> Option<Cell> {
        self.args.positional.get(at).map(|(_, cell)| *cell)
    }

    fn operand(&self, at: usize) -> Option<ArrayHead> {
        operand(&self.facts.cells, self.cell(at)?)
    }

    /// The argument by name, as written.
    fn named(&self, name: &str) -> Option<&'m Expr> {
        self.args.keywords.iter().find(|(k, _, _)| *k == name).map(|(_, e, _)| *e)
    }

    /// The argument by name or position, as written.
    fn written(&self, name: &str, at: usize) -> Option<&'m Expr> {
        self.named(name).or_else(|| self.args.positional.get(at).map(|(e, _)| *e))
    }

    fn keyword_cell(&self, name: &str) -> Option<Cell> {
        self.args.keywords.iter().find(|(k, _, _)| *k == name).map(|(_, _, cell)| *cell)
    }

    fn has_axis(&self) -> bool {
        self.written("axis", 1).is_some_and(|e| e.kind != ExprKind::None)
    }

    /// The element type that `dtype` says.
    fn dtype(&self, at: usize) -> Option<Element> {
        dtype(self.written("dtype", at)?)
    }

    /// What the call gives; `None` while too little is known.
    fn result(mut self, found: Function) -> Option<Head> {
        Some(match found {
            Function::Array => {
                let given = self.operand(0)?;
                of(self.dtype(1).or(given.element), given.rank?)
            }
            Function::Filled(like) => self.filled(like)?,
            Function::Like(like) => {
                let given = self.operand(0)?;
                let own = if like == Like::Full { 2 } else { 1 };
                of(self.dtype(own).or(given.element), given.rank?)
            }
            Function::Identity => of(Some(self.named("dtype").and_then(dtype).unwrap_or(Element::Float)), 2),
            Function::Arange => {
                let cells = (0..self.args.positional.len()).filter_map(|at| self.operand(at));
                let widest = cells.filter_map(|o| o.element).max()?;
                of(Some(self.named("dtype").and_then(dtype).unwrap_or(widest)), 1)
            }
            Function::Linspace => of(Some(Element::Float), 1),
            Function::Map(_, fixed) => {
                let given = self.operand(0)?;
                of(Some(fixed.unwrap_or(given.element?)), given.rank?)
            }
            Function::Arithmetic(op) => {
                let operands = (self.cell(0)?, self.cell(1)?);
                let out = self.facts.scratch(self.key, 1)[0];
                binary(&mut self.facts.cells, op, operands, out);
                self.facts.cells.head(out).clone()
            }
            Function::Pairwise(_) => {
                let (a, b) = (self.operand(0)?, self.operand(1)?);
                of(Some(a.element?.max(b.element?)), a.rank?.max(b.rank?))
            }
            Function::Logical(_) => {
                let (a, b) = (self.operand(0)?, self.operand(1)?);
                of(Some(Element::Bool), a.rank?.max(b.rank?))
            }
            Function::Where => {
                let (mask, a, b) = (self.operand(0)?, self.operand(1)?, self.operand(2)?);
                of(Some(a.element?.max(b.element?)), mask.rank?.max(a.rank?).max(b.rank?))
            }
            Function::Clip => {
                let operands: Option<Vec<ArrayHead>> = (0..self.args.positional.len())
                    .filter(|at| self.args.positional[*at].0.kind != ExprKind::None)
                    .map(|at| self.operand(at))
                    .collect();
                let operands = operands?;
                of(operands.iter().filter_map(|o| o.element).max(), operands.first()?.rank?)
            }
            Function::Cast(element) => {
                let given = self.operand(0)?;
                of(element.or_else(|| self.dtype(1)), given.rank?)
            }
            Function::Reduce(reduction) => self.reduced(reduction)?,
            Function::Accumulate(_) => {
                let given = self.operand(0)?;
                of(Some(given.element?.max(Element::Int)), 1)
            }
            Function::Of(op) => self.shaped(&op)?,
            Function::SortInPlace => return None,
            Function::ToList => {
                let given = self.operand(0)?;
                let (element, rank) = (given.element?, given.rank?);
                self.list(element, rank)
            }
            Function::Size => Head::Int,
            Function::Shape => {
                let rank = self.operand(0)?.rank?;
                shape(self.facts, self.key, rank)
            }
            Function::Reshape => {
                let given = self.operand(0)?;
                of(given.element, self.shape_rank(1)?)
            }
            Function::Join(shape) => self.joined(shape)?,
            Function::MatMul | Function::Inner => {
                let (a, b) = (self.operand(0)?, self.operand(1)?);
                let element = a.element?.max(b.element?).max(Element::Int);
                match (a.rank?, b.rank?) {
                    (0, r) | (r, 0) => of(Some(element), r),
                    (r, s) => of(Some(element), product_rank(r, s)),
                }
            }
            Function::AllClose | Function::Equal => Head::Bool,
        })
    }

    fn filled(&self, like: Like) -> Option<Head> {
        let element = match (like, self.dtype(if like == Like::Full { 2 } else { 1 })) {
            (_, Some(element)) => element,
            (Like::Full, None) => {
                let value = self.cell(1).or_else(|| self.keyword_cell("fill_value"))?;
                operand(&self.facts.cells, value)?.element?
            }
            _ => Element::Float,
        };
        Some(of(Some(element), self.shape_rank(0)?))
    }

    /// The rank that a shape says, given as one argument or from there on as several.
    fn shape_rank(&self, at: usize) -> Option<u8> {
        let several = self.args.positional.len().saturating_sub(at);
        let cell = self.keyword_cell("shape").or_else(|| self.cell(at))?;
        let cells = &self.facts.cells;
        match cells.head(cell) {
            Head::Tuple(items) => u8::try_from(items.len()).ok(),
            // Where the shape is one argument, others that follow are not part of it.
            Head::Int if at == 0 => Some(1),
            Head::Int => u8::try_from(several).ok(),
            Head::List(_) => match self.written("shape", at).map(|e| &e.kind) {
                Some(ExprKind::List(items)) => u8::try_from(items.len()).ok(),
                _ => None,
            },
            _ => None,
        }
    }

    fn reduced(&self, reduction: Reduction) -> Option<Head> {
        let given = self.operand(0)?;
        let element = match reduction {
            Reduction::Sum | Reduction::Product => given.element?.max(Element::Int),
            Reduction::Min | Reduction::Max => given.element?,
            Reduction::Mean | Reduction::Std | Reduction::Var | Reduction::Median => Element::Float,
            Reduction::Any | Reduction::All => Element::Bool,
            Reduction::CountTrue | Reduction::ArgMin | Reduction::ArgMax => Element::Int,
        };
        let kept = self.named("keepdims").is_some_and(|e| e.kind == ExprKind::Bool(true));
        let rank = match given.rank? {
            rank if kept => rank,
            rank if self.has_axis() => rank.saturating_sub(1),
            _ => 0,
        };
        Some(of(Some(element), rank))
    }

    fn shaped(&self, op: &ArrayOp) -> Option<Head> {
        let given = self.operand(0)?;
        let element = given.element;
        Some(match op {
            ArrayOp::Transpose | ArrayOp::Sort | ArrayOp::Copy | ArrayOp::Flip => of(element, given.rank?),
            ArrayOp::Flatten | ArrayOp::Unique | ArrayOp::Diff | ArrayOp::Diagonal => of(element, 1),
            ArrayOp::ArgSort | ArrayOp::Positions => of(Some(Element::Int), 1),
            ArrayOp::Outer => of(Some(element?.max(self.operand(1)?.element?).max(Element::Int)), 2),
            ArrayOp::Norm => Head::Float,
            ArrayOp::Trace => of(Some(element?.max(Element::Int)), 0),
            _ => return None,
        })
    }

    /// Arrays given as one list or tuple are joined.
    fn joined(&self, shape: Shape) -> Option<Head> {
        let given = self.operand(0)?;
        let one = given.rank?.saturating_sub(1);
        let rank = match shape {
            Shape::Concatenate => one,
            Shape::Stack => one.saturating_add(1),
            Shape::Rows | Shape::Columns => 2,
            Shape::Horizontal => one,
        };
        Some(of(given.element, rank))
    }

    /// A list, for rank 2 of lists.
    fn list(&mut self, element: Element, rank: u8) -> Head {
        let cells = self.facts.scratch(self.key, 2);
        self.facts.cells.join(cells[0], element.head());
        match rank {
            0 => element.head(),
            1 => Head::List(cells[0]),
            _ => {
                self.facts.cells.join(cells[1], Head::List(cells[0]));
                Head::List(cells[1])
            }
        }
    }
}

/// The element type that the expression names: `int`, `np.float64`, `"float64"`.
pub(super) fn dtype(e: &Expr) -> Option<Element> {
    match &e.kind {
        ExprKind::Library(path) => array_element(path),
        ExprKind::Str(name) => array_element(name),
        _ => None,
    }
}

/// The axis that a literal says, counted from the front.
pub(super) fn axis(e: &Expr, rank: u8) -> Option<u8> {
    let at = literal_int(e)?;
    let at = if at < 0 { at + i64::from(rank) } else { at };
    u8::try_from(at).ok().filter(|at| *at < rank)
}
