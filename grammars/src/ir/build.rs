//! Short ways to write nodes, for producers, passes and tests.

use super::{
    BinaryOp, Block, CompareOp, Conversion, Expr, ExprKind, IndexMode, Intrinsic, Overflow, Pattern, Place,
    Stmt, StmtKind, Type,
};
use crate::Span;

impl Expr {
    /// A node without a place in the source.
    pub fn new(kind: ExprKind, ty: Type) -> Expr {
        Expr { kind, ty, span: Span::default() }
    }

    /// The same node at `span`.
    pub fn at(mut self, span: Span) -> Expr {
        self.span = span;
        self
    }

    /// A truth value.
    pub fn bool(value: bool) -> Expr {
        Expr::new(ExprKind::Bool(value), Type::Bool)
    }

    /// An integer literal.
    pub fn int(value: i128) -> Expr {
        Expr::new(ExprKind::Int(value), Type::Int)
    }

    /// A string literal of type `Str`.
    pub fn str(value: impl Into<String>) -> Expr {
        Expr::new(ExprKind::Str(value.into()), Type::Str)
    }

    /// A local variable.
    pub fn local(name: impl Into<String>, ty: Type) -> Expr {
        Expr::new(ExprKind::Local(name.into()), ty)
    }

    /// An operation of a language or its library.
    pub fn intrinsic(op: Intrinsic, args: Vec<Expr>, ty: Type) -> Expr {
        Expr::new(ExprKind::Intrinsic { op, args }, ty)
    }

    /// Number of items.
    pub fn len(value: Expr) -> Expr {
        Expr::intrinsic(Intrinsic::Len, vec![value], Type::Int)
    }

    /// An arithmetic operation whose result has the type of `left`.
    pub fn binary(op: BinaryOp, overflow: Overflow, left: Expr, right: Expr) -> Expr {
        let ty = left.ty.clone();
        Expr::new(ExprKind::Binary { op, overflow, left: Box::new(left), right: Box::new(right) }, ty)
    }

    /// `left op right`, a `Bool`.
    pub fn compare(op: CompareOp, left: Expr, right: Expr) -> Expr {
        Expr::new(ExprKind::Compare { op, left: Box::new(left), right: Box::new(right) }, Type::Bool)
    }

    /// Negation: `a == b` becomes `a != b`, `not a` becomes `a`, a literal its opposite. Orders are
    /// negated only between values that are totally ordered (not `Float`, not sets).
    pub fn negated(self) -> Expr {
        let span = self.span;
        match self.kind {
            ExprKind::Not(inner) => *inner,
            ExprKind::Bool(value) => Expr::bool(!value).at(span),
            ExprKind::Compare { op, left, right } if op.can_negate(&left.ty) && op.can_negate(&right.ty) => {
                Expr::compare(op.negated(), *left, *right).at(span)
            }
            kind => Expr::new(ExprKind::Not(Box::new(Expr { kind, ty: self.ty, span })), Type::Bool).at(span),
        }
    }

    /// Lazy conjunction; nested conjunctions are flattened, an empty one is true.
    pub fn all_of(conditions: Vec<Expr>) -> Expr {
        let mut flat = Vec::new();
        for condition in conditions {
            match condition.kind {
                ExprKind::And(inner) => flat.extend(inner),
                _ => flat.push(condition),
            }
        }
        match flat.len() {
            0 => Expr::bool(true),
            1 => flat.remove(0),
            _ => {
                let span = flat[0].span;
                Expr::new(ExprKind::And(flat), Type::Bool).at(span)
            }
        }
    }

    /// `base[index]`; the type is the base's element type, `index` must be an `Int`.
    ///
    /// Returns `base` unchanged where it has no elements.
    pub fn index(base: Expr, index: Expr, mode: IndexMode) -> Expr {
        let Some(ty) = base.ty.element() else { return base };
        Expr::new(ExprKind::Index { base: Box::new(base), index: Box::new(index), mode }, ty)
    }

    /// A change of representation.
    pub fn convert(conversion: Conversion, value: Expr, ty: Type) -> Expr {
        let span = value.span;
        Expr::new(ExprKind::Convert { conversion, value: Box::new(value) }, ty).at(span)
    }

    /// `range(start, stop, 1)`.
    pub fn range(start: Expr, stop: Expr) -> Expr {
        let (start, stop, step) = (Box::new(start), Box::new(stop), Box::new(Expr::int(1)));
        Expr::new(ExprKind::Range { start, stop, step }, Type::iter(Type::Int))
    }

    /// The variable's name, where the expression is a local variable.
    pub fn as_local(&self) -> Option<&str> {
        match &self.kind {
            ExprKind::Local(name) => Some(name),
            _ => None,
        }
    }

    /// The value of an integer literal; a negated literal counts.
    pub fn as_int(&self) -> Option<i128> {
        match &self.kind {
            ExprKind::Int(value) => Some(*value),
            ExprKind::Unary { op: super::UnaryOp::Neg, operand } => operand.as_int().map(|v| -v),
            _ => None,
        }
    }
}

impl CompareOp {
    /// The opposite relation.
    pub fn negated(self) -> CompareOp {
        match self {
            CompareOp::Eq => CompareOp::Ne,
            CompareOp::Ne => CompareOp::Eq,
            CompareOp::Lt => CompareOp::Ge,
            CompareOp::Le => CompareOp::Gt,
            CompareOp::Gt => CompareOp::Le,
            CompareOp::Ge => CompareOp::Lt,
        }
    }

    /// The relation with its sides exchanged: `a < b` is `b > a`.
    pub fn flipped(self) -> CompareOp {
        match self {
            CompareOp::Lt => CompareOp::Gt,
            CompareOp::Le => CompareOp::Ge,
            CompareOp::Gt => CompareOp::Lt,
            CompareOp::Ge => CompareOp::Le,
            same => same,
        }
    }

    /// Whether `not (a op b)` is `a op.negated() b` for operands of this type: NaN and sets are not
    /// totally ordered, but (in)equality can always be negated.
    fn can_negate(self, ty: &Type) -> bool {
        matches!(self, CompareOp::Eq | CompareOp::Ne)
            || matches!(ty, Type::Int | Type::Bool | Type::Str | Type::Char)
    }
}

impl Stmt {
    /// A statement without a place in the source.
    pub fn new(kind: StmtKind) -> Stmt {
        Stmt { kind, span: Span::default() }
    }

    /// The same statement at `span`.
    pub fn at(mut self, span: Span) -> Stmt {
        self.span = span;
        self
    }

    /// `name = value`; the variable has the value's type.
    pub fn assign(name: impl Into<String>, value: Expr) -> Stmt {
        let span = value.span;
        let place = Place::Variable { name: name.into(), ty: value.ty.clone() };
        Stmt::new(StmtKind::Assign { place, value }).at(span)
    }

    /// `if condition: then`, with an optional `else`.
    pub fn if_else(condition: Expr, then: Block, orelse: Block) -> Stmt {
        let span = condition.span;
        Stmt::new(StmtKind::If { branches: vec![(condition, then)], orelse }).at(span)
    }

    /// `for pattern in iter: body`.
    pub fn for_each(pattern: Pattern, iter: Expr, body: Block) -> Stmt {
        let span = iter.span;
        Stmt::new(StmtKind::For { pattern, iter, body, orelse: Vec::new() }).at(span)
    }

    /// `return value`.
    pub fn ret(value: Expr) -> Stmt {
        let span = value.span;
        Stmt::new(StmtKind::Return(Some(value))).at(span)
    }

    /// An expression for its effect.
    pub fn expr(value: Expr) -> Stmt {
        let span = value.span;
        Stmt::new(StmtKind::Expr(value)).at(span)
    }
}

impl Pattern {
    /// A name of type `ty`.
    pub fn name(name: impl Into<String>, ty: Type) -> Pattern {
        Pattern::Name { name: name.into(), ty }
    }

    /// The names that it binds, left to right, `_` left out.
    pub fn names(&self) -> Vec<(&str, &Type)> {
        match self {
            Pattern::Name { name, .. } if name == "_" => Vec::new(),
            Pattern::Name { name, ty } => vec![(name, ty)],
            Pattern::Tuple(parts) => parts.iter().flat_map(Pattern::names).collect(),
        }
    }

    /// The type of what it matches.
    pub fn ty(&self) -> Type {
        match self {
            Pattern::Name { ty, .. } => ty.clone(),
            Pattern::Tuple(parts) => Type::Tuple(parts.iter().map(Pattern::ty).collect()),
        }
    }
}

impl Place {
    /// A variable of type `ty`.
    pub fn variable(name: impl Into<String>, ty: Type) -> Place {
        Place::Variable { name: name.into(), ty }
    }

    /// The expression that reads the place; `None` for several places.
    pub fn as_expr(&self) -> Option<Expr> {
        Some(match self {
            Place::Variable { name, ty } => Expr::local(name.clone(), ty.clone()),
            Place::Item { base, index, .. } if matches!(base.ty, Type::Dict(..)) => {
                let kind = ExprKind::Lookup { base: Box::new(base.clone()), key: Box::new(index.clone()) };
                Expr::new(kind, self.ty())
            }
            Place::Item { base, index, mode } => Expr::index(base.clone(), index.clone(), *mode),
            Place::Field { object, field, ty } => {
                let kind = ExprKind::Field { object: Box::new(object.clone()), field: field.clone() };
                Expr::new(kind, ty.clone())
            }
            Place::Slice { base, start, stop } => {
                let bound = |bound: &Option<Expr>| bound.clone().map(Box::new);
                let (start, stop) = (bound(start), bound(stop));
                let (base, bounds) = (Box::new(base.clone()), super::SliceBounds::default());
                Expr::new(ExprKind::Slice { base, start, stop, step: None, bounds }, self.ty())
            }
            Place::Part(selection) => selection.clone(),
            Place::Tuple(_) => return None,
        })
    }

    /// The type of what it holds.
    pub fn ty(&self) -> Type {
        match self {
            Place::Variable { ty, .. } | Place::Field { ty, .. } => ty.clone(),
            Place::Item { base, .. } => match &base.ty {
                Type::Dict(_, value) => (**value).clone(),
                other => other.element().unwrap_or(Type::None),
            },
            Place::Slice { base, .. } => base.ty.clone(),
            Place::Part(selection) => selection.ty.clone(),
            Place::Tuple(places) => Type::Tuple(places.iter().map(Place::ty).collect()),
        }
    }
}
