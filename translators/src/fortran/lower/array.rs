//! Arrays from iterables: whole-array expressions, array constructors, and loops that append.

use super::iterate::{Head, Sequence, Touched};
use super::list::constructor;
use super::{Body, reject};
use crate::fortran::tree::build::{call, implied_do, int, name, plus, section, size};
use crate::fortran::tree::{Expr, Op, Stmt, Subscript};
use crate::fortran::types::{is_array, wrapper_component};
use grammars::Rejection;
use grammars::ir::{self, Clause, ExprKind, Intrinsic, Pattern, Type};

/// Functions that work element by element.
const ELEMENTAL: &[&str] = &[
    "abs", "mod", "modulo", "min", "max", "merge", "real", "int", "iachar", "achar", "sqrt", "exp", "log",
    "sin", "cos", "tan", "iand", "ior", "ieor", "nint", "anint", "floor", "ceiling", "not", "popcnt",
];

/// A comprehension seen as a whole: an item and a filter, element by element.
pub struct Vectorised {
    /// The items before filtering; `None` where the item does not depend on the element.
    pub items: Expr,
    /// The filter.
    pub mask: Option<Expr>,
}

/// What a comprehension that becomes an expression of arrays runs over.
enum Over {
    /// The items of this array.
    Items(Expr),
    /// Positions from the first to the last.
    Positions(Expr, Expr),
}

impl Over {
    /// `array(index)` for all values of the variable.
    fn read(&self, array: &Expr, index: &Expr, variable: &str) -> Option<Expr> {
        match self {
            Over::Items(base) => (array == base && *index == name(variable)).then(|| base.clone()),
            Over::Positions(first, last) => {
                let offset = match index {
                    Expr::Name(n) if n == variable => 0,
                    Expr::Binary(op @ (Op::Add | Op::Sub), left, right) if **left == name(variable) => {
                        match (op, &**right) {
                            (Op::Add, Expr::Int(amount, _)) => *amount,
                            (_, Expr::Int(amount, _)) => -amount,
                            _ => return None,
                        }
                    }
                    _ => return None,
                };
                if reads(array, variable) {
                    return None;
                }
                let first = Some(plus(first.clone(), offset)).filter(|f| *f != int(1));
                let last = Some(plus(last.clone(), offset)).filter(|l| *l != size(array.clone()));
                Some(match (&first, &last) {
                    (None, None) => array.clone(),
                    _ => section(array.clone(), first, last),
                })
            }
        }
    }
}

/// The element and clauses of a generator, a `map` or a `filter`.
pub fn generator(e: &ir::Expr) -> Option<(ir::Expr, Vec<Clause>)> {
    match &e.kind {
        ExprKind::Comprehension { element, clauses } => Some(((**element).clone(), clauses.clone())),
        ExprKind::Intrinsic { op: Intrinsic::ToList, args } => {
            let inner = args.first()?;
            if matches!(inner.ty, Type::Iter(_)) { generator(inner) } else { None }
        }
        ExprKind::Intrinsic { op: Intrinsic::Map, args } if args.len() == 2 => {
            let ty = args[1].ty.element()?;
            let (variable, body) = applied(&args[0], &ty)?;
            let pattern = Pattern::name(variable, ty);
            Some((body, vec![Clause { pattern, iter: args[1].clone(), conditions: Vec::new() }]))
        }
        ExprKind::Intrinsic { op: Intrinsic::Map, args } if args.len() > 2 => mapped_together(args),
        ExprKind::Intrinsic { op: Intrinsic::Filter, args } if args.len() == 2 => {
            let ty = args[1].ty.element()?;
            let (variable, condition) = applied(&args[0], &ty)?;
            let element = ir::Expr::local(variable.clone(), ty.clone());
            let pattern = Pattern::name(variable, ty);
            Some((element, vec![Clause { pattern, iter: args[1].clone(), conditions: vec![condition] }]))
        }
        _ => None,
    }
}

/// `map(lambda a, b: …, xs, ys)` goes over the items side by side.
fn mapped_together(args: &[ir::Expr]) -> Option<(ir::Expr, Vec<Clause>)> {
    let (function, iterables) = args.split_first()?;
    let types: Vec<Type> = iterables.iter().map(|i| i.ty.element()).collect::<Option<_>>()?;
    let names: Vec<String> = match &function.kind {
        ExprKind::Lambda { params, .. } => params.iter().map(|(name, _)| name.clone()).collect(),
        _ => (1..=types.len()).map(|i| format!("item_{i}")).collect(),
    };
    if names.len() != types.len() {
        return None;
    }
    let body = match &function.kind {
        ExprKind::Lambda { body, .. } => (**body).clone(),
        ExprKind::FunctionRef(called) => {
            let Type::Function { ret, .. } = &function.ty else { return None };
            let args = names.iter().zip(&types).map(|(n, t)| ir::Expr::local(n.clone(), t.clone())).collect();
            let call = ExprKind::Call { function: called.clone(), args };
            ir::Expr::new(call, (**ret).clone()).at(function.span)
        }
        _ => return None,
    };
    let pattern =
        Pattern::Tuple(names.into_iter().zip(&types).map(|(n, t)| Pattern::name(n, t.clone())).collect());
    let zip = ir::Expr::intrinsic(Intrinsic::Zip, iterables.to_vec(), Type::iter(Type::Tuple(types)));
    Some((body, vec![Clause { pattern, iter: zip.at(function.span), conditions: Vec::new() }]))
}

/// A function value applied to a variable: the variable and the result.
fn applied(function: &ir::Expr, ty: &Type) -> Option<(String, ir::Expr)> {
    match &function.kind {
        ExprKind::Lambda { params, body } if params.len() == 1 => {
            Some((params[0].0.clone(), (**body).clone()))
        }
        ExprKind::FunctionRef(name) => {
            let Type::Function { ret, .. } = &function.ty else { return None };
            let variable = "item".to_string();
            let args = vec![ir::Expr::local(variable.clone(), ty.clone())];
            let call = ExprKind::Call { function: name.clone(), args };
            Some((variable, ir::Expr::new(call, (**ret).clone()).at(function.span)))
        }
        _ => None,
    }
}

impl Body<'_, '_> {
    /// `[element for …]`.
    pub fn comprehension(
        &mut self,
        element: &ir::Expr,
        clauses: &[Clause],
        ty: &Type,
    ) -> Result<Expr, Rejection> {
        if let Some(value) = self.constructed(element, clauses)? {
            return Ok(value);
        }
        let list = Type::list(ty.element().unwrap_or(Type::None));
        let target = self.temporary(super::expr::wishes(&list), &list);
        self.collect(name(&target), element, clauses)?;
        Ok(name(&target))
    }

    /// A comprehension without loops, where there is such a form.
    fn constructed(&mut self, element: &ir::Expr, clauses: &[Clause]) -> Result<Option<Expr>, Rejection> {
        if let Some(whole) = self.vectorised(element, clauses)? {
            return Ok(Some(match whole.mask {
                None => whole.items,
                Some(mask) => call("pack", vec![whole.items, mask]),
            }));
        }
        self.implied_do(element, clauses)
    }

    /// `[(item, i = 1, n)]`, where there is one clause without filter.
    fn implied_do(&mut self, element: &ir::Expr, clauses: &[Clause]) -> Result<Option<Expr>, Rejection> {
        let [clause] = clauses else { return Ok(None) };
        if !clause.conditions.is_empty()
            || (is_array(&element.ty) && wrapper_component(&element.ty).is_none())
        {
            return Ok(None);
        }
        let Some((head, item)) = self.simple_item(element, clause)? else { return Ok(None) };
        let item = self.exactly(item, &element.ty);
        let item = self.element_of(item, &element.ty);
        let implied = implied_do(item, head.variable, head.first, head.last, head.step);
        Ok(Some(constructor(&element.ty, vec![implied])))
    }

    /// The item of a clause as an expression of the loop's variable, if it takes no statements.
    fn simple_item(
        &mut self,
        element: &ir::Expr,
        clause: &Clause,
    ) -> Result<Option<(Head, Expr)>, Rejection> {
        let declarations = self.declarations.len();
        let touched = Touched::default();
        let (before, sequence) = self.block(|b| b.sequence(&clause.iter, &touched))?;
        let head = self.head(&sequence, &clause.pattern, &touched);
        let (stmts, item) = self.in_loop(&head, &clause.pattern, &touched, |b| b.expr(element))?;
        let wrapped = wrapper_component(&element.ty).is_some();
        if !stmts.is_empty() || (wrapped && !is_simple_item(&item)) {
            self.forget(declarations);
            return Ok(None);
        }
        before.into_iter().for_each(|s| self.emit(s));
        Ok(Some((head, item)))
    }

    /// Undoes declarations of an attempt that led nowhere.
    pub fn forget(&mut self, declarations: usize) {
        let gone: Vec<String> = self.declarations.drain(declarations..).map(|d| d.name).collect();
        self.free_counters.retain(|c| !gone.contains(c));
        let renaming = &self.renaming;
        self.declared.retain(|source, _| renaming.known(source).is_none_or(|n| !gone.iter().any(|g| g == n)));
    }

    /// A comprehension over one array, or one array's positions, as an expression of whole arrays.
    pub fn vectorised(
        &mut self,
        element: &ir::Expr,
        clauses: &[Clause],
    ) -> Result<Option<Vectorised>, Rejection> {
        let [clause] = clauses else { return Ok(None) };
        let (Pattern::Name { .. }, Some(item_type)) = (&clause.pattern, clause.iter.ty.element()) else {
            return Ok(None);
        };
        if !matches!(item_type, Type::Int | Type::Float | Type::Bool) {
            return Ok(None);
        }
        let declarations = self.declarations.len();
        let touched = Touched::default();
        let (before, sequence) = self.block(|b| b.sequence(&clause.iter, &touched))?;
        let positions = matches!(sequence, Sequence::Range { step: 1, .. });
        if !positions && !matches!(sequence, Sequence::Array(..)) {
            self.forget(declarations);
            return Ok(None);
        }
        let head = self.head(&sequence, &clause.pattern, &touched);
        let over = match &sequence {
            Sequence::Array(base, _) => Over::Items(base.clone()),
            _ => Over::Positions(head.first.clone(), head.last.clone()),
        };
        let conditions = ir::Expr::all_of(clause.conditions.clone());
        let filtered = !clause.conditions.is_empty();
        let saved = std::mem::take(&mut self.reads);
        let (stmts, (item, mask)) = self.in_loop(&head, &clause.pattern, &touched, |b| {
            let item = b.expr(element)?;
            let mask = if filtered { Some(b.expr(&conditions)?) } else { None };
            Ok((item, mask))
        })?;
        self.reads = saved;
        let whole = |e: &Expr| self.whole_array(e, &head.variable, &over);
        let items = if reads(&item, &head.variable) { whole(&item) } else { Some(item.clone()) };
        let masked = mask.as_ref().map(|m| if reads(m, &head.variable) { whole(m) } else { None });
        let safe = mask.is_none() || self.is_total_elementwise(&item, &head.variable);
        let depends = reads(&item, &head.variable) || mask.is_some();
        match (stmts.is_empty() && safe && depends, items, masked) {
            (true, Some(items), None) => {
                before.into_iter().for_each(|s| self.emit(s));
                Ok(Some(Vectorised { items, mask: None }))
            }
            (true, Some(items), Some(Some(mask))) => {
                before.into_iter().for_each(|s| self.emit(s));
                Ok(Some(Vectorised { items, mask: Some(mask) }))
            }
            _ => {
                self.forget(declarations);
                Ok(None)
            }
        }
    }

    fn is_total_elementwise(&mut self, item: &Expr, variable: &str) -> bool {
        let known = self.known.len();
        collect_at(item, variable, &mut self.known);
        let total = self.is_total(item);
        self.known.truncate(known);
        total
    }

    /// An expression of `base(variable)` as one of `base`, or of sections of arrays, where everything in
    /// it works element by element.
    fn whole_array(&self, e: &Expr, variable: &str, over: &Over) -> Option<Expr> {
        if !reads(e, variable) {
            // What does not depend on the element must be a scalar without effects.
            return self.is_total(e).then(|| e.clone());
        }
        let again = |part: &Expr| self.whole_array(part, variable, over).map(Box::new);
        Some(match e {
            Expr::Element(array, Subscript::At(index)) => over.read(array, index, variable)?,
            Expr::Binary(op, left, right) => Expr::Binary(*op, again(left)?, again(right)?),
            Expr::Negate(operand) => Expr::Negate(again(operand)?),
            Expr::Not(operand) => Expr::Not(again(operand)?),
            Expr::Keyword(word, value) => Expr::Keyword(word, again(value)?),
            Expr::Call(callee, arguments) => {
                let Expr::Name(function) = &**callee else { return None };
                if !self.is_elemental(function) {
                    return None;
                }
                let arguments: Option<Vec<Expr>> =
                    arguments.iter().map(|a| self.whole_array(a, variable, over)).collect();
                Expr::Call(callee.clone(), arguments?)
            }
            _ => return None,
        })
    }

    fn is_elemental(&self, function: &str) -> bool {
        ELEMENTAL.contains(&function) || function.starts_with("floor_div")
    }

    /// Loops that append to `target`, which nothing in them reads.
    pub fn collect(&mut self, target: Expr, element: &ir::Expr, clauses: &[Clause]) -> Result<(), Rejection> {
        let spec = self.unit.types.element(&element.ty, &mut self.unit.names);
        self.emit(Stmt::Assign(target.clone(), Expr::Array(Some(spec), Vec::new())));
        self.clause_loops(clauses, &mut |b| {
            let item = b.exact(element)?;
            let item = b.element_of(item, &element.ty);
            b.emit(Stmt::Assign(target.clone(), constructor(&element.ty, vec![target.clone(), item])));
            Ok(())
        })
    }

    /// `{element for …}`.
    pub fn set_comprehension(
        &mut self,
        element: &ir::Expr,
        clauses: &[Clause],
        ty: &Type,
    ) -> Result<Expr, Rejection> {
        let list = self.comprehension(element, clauses, ty)?;
        self.distinct(list, ty)
    }

    /// An iterable as an array.
    pub fn make_list(&mut self, e: &ir::Expr) -> Result<Expr, Rejection> {
        if let Some((element, clauses)) = generator(e) {
            return self.comprehension(&element, &clauses, &e.ty);
        }
        match &e.kind {
            ExprKind::Intrinsic { op: Intrinsic::ToList, args } => return self.make_list(&args[0]),
            ExprKind::Tuple(items) => {
                let element = e.ty.element().unwrap_or(Type::None);
                let list = ir::Expr::new(ExprKind::List(items.clone()), Type::list(element));
                return self.expr(&list);
            }
            _ => {}
        }
        match &e.ty {
            Type::List(_) | Type::Set(_) => self.expr(e),
            Type::Str | Type::Char => {
                let value = self.expr(e)?;
                Ok(self.letters(value))
            }
            Type::Dict(..) => {
                let map = self.designator(e)?;
                Ok(crate::fortran::tree::build::component(map, "keys"))
            }
            Type::Tuple(items) => self.tuple_as_list(e, items.len()),
            Type::Iter(element) => self.iterated(e, element),
            other => reject("iteration", e.span, format!("a list of the items of a value of type `{other}`")),
        }
    }

    fn tuple_as_list(&mut self, e: &ir::Expr, length: usize) -> Result<Expr, Rejection> {
        let Some(element) = e.ty.element() else {
            return reject("iteration", e.span, "a loop over a tuple of several types");
        };
        let tuple = self.designator(e)?;
        let items = (0..length).map(|i| {
            let item = crate::fortran::tree::build::component(
                tuple.clone(),
                &crate::fortran::types::tuple_component(i),
            );
            self.element_of(item, &element)
        });
        Ok(Expr::Array(None, items.collect()))
    }

    /// The items of an iterator, gathered by a loop variable.
    fn iterated(&mut self, e: &ir::Expr, element: &Type) -> Result<Expr, Rejection> {
        if let ExprKind::Intrinsic { op: Intrinsic::Keys | Intrinsic::Values, args } = &e.kind
            && matches!(args.first().map(|a| &a.ty), Some(Type::Dict(..)))
        {
            let sequence = self.sequence(e, &Touched::default())?;
            if let Sequence::Array(array, _) = sequence {
                return Ok(array);
            }
        }
        if let ExprKind::Intrinsic { op: Intrinsic::Reversed, args } = &e.kind
            && is_array(&args[0].ty)
            && matches!(args[0].ty, Type::List(_))
        {
            return self.slice(&args[0], None, None, Some(&ir::Expr::int(-1)), ir::SliceBounds::default());
        }
        let pattern = match element {
            Type::Tuple(items) => {
                let names = items.iter().enumerate();
                Pattern::Tuple(
                    names.map(|(i, t)| Pattern::name(format!("item_{}", i + 1), t.clone())).collect(),
                )
            }
            other => Pattern::name("item", other.clone()),
        };
        let value = match &pattern {
            Pattern::Tuple(parts) => {
                let parts = parts.iter().flat_map(Pattern::names);
                let items = parts.map(|(n, t)| ir::Expr::local(n, t.clone())).collect();
                ir::Expr::new(ExprKind::Tuple(items), element.clone())
            }
            Pattern::Name { name, ty } => ir::Expr::local(name.clone(), ty.clone()),
        };
        if !is_sequence(e) {
            return reject("iteration", e.span, "an iterator that is not stored");
        }
        let clause = Clause { pattern, iter: e.clone(), conditions: Vec::new() };
        self.comprehension(&value, &[clause], &e.ty)
    }
}

/// Whether an item of text or a list holds no call of a procedure: gfortran does not cope with
/// those in constructors of derived types.
fn is_simple_item(item: &Expr) -> bool {
    match item {
        Expr::Call(callee, arguments) => {
            let intrinsic = matches!(&**callee, Expr::Name(f) if matches!(f.as_str(), "len" | "size" | "achar" | "min" | "max"));
            intrinsic && arguments.iter().all(is_simple_item)
        }
        Expr::Binary(_, left, right) => is_simple_item(left) && is_simple_item(right),
        Expr::Component(base, _) => is_simple_item(base),
        Expr::Array(..) | Expr::ImpliedDo { .. } => false,
        _ => true,
    }
}

/// Whether an iterator is one that [`Body::sequence`] knows by position.
fn is_sequence(e: &ir::Expr) -> bool {
    match &e.kind {
        ExprKind::Range { .. } => true,
        ExprKind::Intrinsic { op, .. } => {
            matches!(op, Intrinsic::Enumerate | Intrinsic::Zip | Intrinsic::Reversed | Intrinsic::Items)
        }
        _ => false,
    }
}

/// Whether an expression reads a variable.
pub fn reads(e: &Expr, variable: &str) -> bool {
    match e {
        Expr::Name(name) => name == variable,
        Expr::Logical(_) | Expr::Int(..) | Expr::Real(_) | Expr::Text(_) => false,
        Expr::Component(base, _) | Expr::Negate(base) | Expr::Not(base) | Expr::Keyword(_, base) => {
            reads(base, variable)
        }
        Expr::Element(base, subscript) => {
            reads(base, variable)
                || match subscript {
                    // Not looked into: taken to read whatever it can.
                    Subscript::Several(_) => true,
                    Subscript::At(index) | Subscript::Vector(index) => reads(index, variable),
                    Subscript::Section(first, last, step) => {
                        [first, last, step].into_iter().flatten().any(|b| reads(b, variable))
                    }
                }
        }
        Expr::Call(callee, arguments) => {
            reads(callee, variable) || arguments.iter().any(|a| reads(a, variable))
        }
        Expr::Array(_, items) => items.iter().any(|i| reads(i, variable)),
        Expr::ImpliedDo { item, first, last, step, .. } => {
            [Some(item), Some(first), Some(last), step.as_ref()]
                .into_iter()
                .flatten()
                .any(|p| reads(p, variable))
        }
        Expr::Binary(_, left, right) => reads(left, variable) || reads(right, variable),
    }
}

/// The elements at a loop's variable.
fn collect_at(e: &Expr, variable: &str, found: &mut Vec<Expr>) {
    match e {
        Expr::Element(_, Subscript::At(index)) if **index == name(variable) => found.push(e.clone()),
        Expr::Component(base, _) | Expr::Negate(base) | Expr::Not(base) => collect_at(base, variable, found),
        Expr::Binary(_, left, right) => {
            collect_at(left, variable, found);
            collect_at(right, variable, found);
        }
        Expr::Call(_, arguments) => arguments.iter().for_each(|a| collect_at(a, variable, found)),
        _ => {}
    }
}
