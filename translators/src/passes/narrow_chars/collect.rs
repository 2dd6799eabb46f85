//! Collects, for one body, which places get their text from where.

use super::shape::{Node, Places, Shape};
use grammars::ir::visit::{Visit, each_child, walk_stmt};
use grammars::ir::{
    BinaryOp, Block, Clause, Expr, ExprKind, FormatPart, Function, Local, Pattern, Place, Stmt, StmtKind,
    Type,
};
use std::collections::{BTreeMap, BTreeSet};

/// The identity of an expression: where it lies while the tree is not moved.
pub(super) type Address = usize;

/// The identity of `expr`.
pub(super) fn address(expr: &Expr) -> Address {
    std::ptr::from_ref(expr) as usize
}

/// What is collected.
pub(super) struct Collector<'b> {
    pub(super) places: Places,
    pub(super) shapes: BTreeMap<Address, Shape>,
    pub(super) variables: BTreeMap<String, Shape>,
    /// Where an expression must be text of any length: always, or if the place is.
    pub(super) wants: BTreeMap<Address, Vec<Option<Node>>>,
    /// Variables whose type may change: locals, and variables of comprehensions and lambdas.
    own: BTreeSet<String>,
    locals: &'b [Local],
}

impl<'b> Collector<'b> {
    /// Looks at `body`, which has these locals; `fixed` are names whose type must stay.
    pub(super) fn new(body: &'b Block, locals: &'b [Local], fixed: &BTreeSet<String>) -> Collector<'b> {
        let mut own: BTreeSet<String> = locals.iter().map(|l| l.name.clone()).collect();
        bound_in_expressions(body, &mut own);
        own.retain(|name| !fixed.contains(name));
        let mut collector = Collector {
            places: Places::default(),
            shapes: BTreeMap::new(),
            variables: BTreeMap::new(),
            wants: BTreeMap::new(),
            own,
            locals,
        };
        collector.block(body);
        collector.places.solve();
        collector
    }

    fn variable(&mut self, name: &str, ty: &Type) -> Shape {
        if let Some(shape) = self.variables.get(name) {
            return shape.clone();
        }
        let shape = self.places.shape(ty);
        if !self.own.contains(name) {
            self.places.keep(&shape);
        }
        self.variables.insert(name.to_string(), shape.clone());
        shape
    }

    /// The shape of an expression, after a look at everything in it.
    pub(super) fn shape(&mut self, expr: &'b Expr) -> Shape {
        let shape = self.of_kind(expr);
        self.shapes.insert(address(expr), shape.clone());
        shape
    }

    /// A value that must keep its text: a single character is converted, containers stay as they are.
    pub(super) fn kept(&mut self, expr: &'b Expr) {
        let shape = self.shape(expr);
        self.want(expr, &shape);
    }

    fn want(&mut self, expr: &Expr, shape: &Shape) {
        match shape {
            Shape::Text(_) => self.wants.entry(address(expr)).or_default().push(None),
            _ => self.places.keep(shape),
        }
    }

    /// A value that goes to a place.
    pub(super) fn flow(&mut self, expr: &'b Expr, to: &Shape) {
        let from = self.shape(expr);
        self.flow_from(expr, &from, to);
    }

    pub(super) fn flow_from(&mut self, expr: &'b Expr, from: &Shape, to: &Shape) {
        match (from, to) {
            (Shape::Text(a), Shape::Text(b)) => {
                self.places.flow(*a, *b);
                self.wants.entry(address(expr)).or_default().push(Some(*b));
            }
            (Shape::Text(_), _) => {
                self.want(expr, from);
                self.places.keep(to);
            }
            _ => self.places.unify(from, to),
        }
    }

    /// A value of which it does not matter whether it is a character or text.
    pub(super) fn free(&mut self, expr: &'b Expr) -> Shape {
        let shape = self.shape(expr);
        if let Shape::Parts(_) = shape {
            self.places.keep(&shape);
        }
        shape
    }

    fn of_kind(&mut self, expr: &'b Expr) -> Shape {
        match &expr.kind {
            ExprKind::Local(name) => self.variable(name, &expr.ty),
            ExprKind::Str(text) => {
                let shape = self.places.shape(&expr.ty);
                if text.chars().count() != 1 {
                    self.places.keep(&shape);
                }
                shape
            }
            ExprKind::List(items) | ExprKind::Set(items) => {
                let shape = self.places.shape(&expr.ty);
                items.iter().for_each(|item| self.flow(item, &shape.part(0)));
                shape
            }
            ExprKind::Tuple(items) => {
                let shape = self.places.shape(&expr.ty);
                items.iter().enumerate().for_each(|(i, item)| self.flow(item, &shape.part(i)));
                shape
            }
            ExprKind::Dict(pairs) => {
                let shape = self.places.shape(&expr.ty);
                for (key, value) in pairs {
                    self.flow(key, &shape.part(0));
                    self.flow(value, &shape.part(1));
                }
                shape
            }
            ExprKind::Format(parts) => self.format(parts, &expr.ty),
            ExprKind::Index { .. } | ExprKind::Lookup { .. } | ExprKind::Slice { .. } => self.part_of(expr),
            ExprKind::Binary { op, left, right, .. } => self.binary(*op, left, right, &expr.ty),
            ExprKind::Compare { left, right, .. } => {
                self.compared(left, right);
                Shape::Plain
            }
            ExprKind::IfElse { condition, then, orelse } => {
                self.shape(condition);
                let shape = self.places.shape(&expr.ty);
                self.flow(then, &shape);
                self.flow(orelse, &shape);
                shape
            }
            ExprKind::Convert { value, .. } => self.converted(value, &expr.ty),
            ExprKind::Comprehension { element, clauses }
            | ExprKind::SetComprehension { element, clauses } => {
                self.clauses(clauses);
                let shape = self.places.shape(&expr.ty);
                self.flow(element, &shape.part(0));
                shape
            }
            ExprKind::DictComprehension { key, value, clauses } => {
                self.clauses(clauses);
                let shape = self.places.shape(&expr.ty);
                self.flow(key, &shape.part(0));
                self.flow(value, &shape.part(1));
                shape
            }
            ExprKind::Intrinsic { op, args } => self.intrinsic(op, args, &expr.ty),
            ExprKind::None => self.places.shape(&expr.ty),
            ExprKind::And(_)
            | ExprKind::Or(_)
            | ExprKind::Not(_)
            | ExprKind::IsNone(_)
            | ExprKind::Range { .. } => {
                each_child(expr, |child| {
                    self.shape(child);
                });
                Shape::Plain
            }
            _ => self.unknown(expr),
        }
    }

    /// Calls, fields, globals, lambdas that are not a known intrinsic's: all text stays.
    fn unknown(&mut self, expr: &'b Expr) -> Shape {
        if let ExprKind::Lambda { params, .. } = &expr.kind {
            for (name, ty) in params {
                let shape = self.variable(name, ty);
                self.places.keep(&shape);
            }
        }
        each_child(expr, |child| self.kept(child));
        let shape = self.places.shape(&expr.ty);
        self.places.keep(&shape);
        shape
    }

    fn format(&mut self, parts: &'b [FormatPart], ty: &Type) -> Shape {
        for part in parts {
            match part {
                FormatPart::Value { value, spec } if spec.repr => self.kept(value),
                FormatPart::Value { value, .. } => {
                    self.free(value);
                }
                FormatPart::Text(_) => {}
            }
        }
        let shape = self.places.shape(ty);
        self.places.keep(&shape);
        shape
    }

    /// `base[index]`, `base[key]`, `base[start:stop]`.
    fn part_of(&mut self, expr: &'b Expr) -> Shape {
        match &expr.kind {
            ExprKind::Index { base, index, .. } => {
                self.shape(index);
                if base.ty == Type::Str {
                    self.kept(base);
                    return self.places.shape(&expr.ty);
                }
                let shape = self.shape(base);
                match (&base.ty, index.as_int()) {
                    (Type::Tuple(_), Some(i)) => shape.part(usize::try_from(i).unwrap_or(usize::MAX)),
                    (Type::List(_), _) => shape.part(0),
                    _ => {
                        self.places.keep(&shape);
                        let result = self.places.shape(&expr.ty);
                        self.places.keep(&result);
                        result
                    }
                }
            }
            ExprKind::Lookup { base, key } => {
                let shape = self.shape(base);
                self.flow(key, &shape.part(0));
                shape.part(1)
            }
            ExprKind::Slice { base, start, stop, step, .. } => {
                for bound in [start, stop, step].into_iter().flatten() {
                    self.shape(bound);
                }
                if base.ty == Type::Str {
                    self.kept(base);
                    let shape = self.places.shape(&expr.ty);
                    self.places.keep(&shape);
                    return shape;
                }
                self.shape(base)
            }
            _ => Shape::Plain,
        }
    }

    fn binary(&mut self, op: BinaryOp, left: &'b Expr, right: &'b Expr, ty: &Type) -> Shape {
        let shape = self.places.shape(ty);
        if *ty == Type::Str {
            self.kept(left);
            self.kept(right);
            self.places.keep(&shape);
        } else if op == BinaryOp::Repeat {
            let (times, list) = if left.ty == Type::Int { (left, right) } else { (right, left) };
            self.shape(times);
            self.flow(list, &shape);
        } else {
            self.flow(left, &shape);
            self.flow(right, &shape);
        }
        shape
    }

    /// Both sides are compared as characters, or both as text.
    fn compared(&mut self, left: &'b Expr, right: &'b Expr) {
        let (a, b) = (self.shape(left), self.shape(right));
        match (&a, &b) {
            (Shape::Text(x), Shape::Text(y)) => {
                self.wants.entry(address(left)).or_default().push(Some(*y));
                self.wants.entry(address(right)).or_default().push(Some(*x));
            }
            _ => self.places.unify(&a, &b),
        }
    }

    /// Wrapping and unwrapping of optionals keeps the text as it is; other conversions keep all text.
    fn converted(&mut self, value: &'b Expr, ty: &Type) -> Shape {
        let shape = self.places.shape(ty);
        match (&value.ty, ty) {
            (Type::Optional(_), Type::Optional(_)) => self.flow(value, &shape),
            (_, Type::Optional(_)) => self.flow(value, &shape.part(0)),
            (Type::Optional(_), _) => {
                let inner = self.shape(value);
                self.places.unify(&inner.part(0), &shape);
            }
            _ => {
                self.kept(value);
                self.places.keep(&shape);
            }
        }
        shape
    }

    fn clauses(&mut self, clauses: &'b [Clause]) {
        for clause in clauses {
            let element = self.element(&clause.iter);
            self.bind(&clause.pattern, &element);
            for condition in &clause.conditions {
                self.shape(condition);
            }
        }
    }

    /// What iterating over `iter` gives: characters, where it is text.
    pub(super) fn element(&mut self, iter: &'b Expr) -> Shape {
        if iter.ty == Type::Str {
            self.kept(iter);
            return self.places.shape(&Type::Str);
        }
        let shape = self.shape(iter);
        if let (Type::Tuple(_), Shape::Parts(parts)) = (&iter.ty, &shape) {
            parts.windows(2).for_each(|pair| self.places.unify(&pair[0], &pair[1]));
        }
        shape.part(0)
    }

    pub(super) fn bind(&mut self, pattern: &Pattern, shape: &Shape) {
        match pattern {
            Pattern::Name { name, .. } if name == "_" => {}
            Pattern::Name { name, ty } => {
                let variable = self.variable(name, ty);
                self.places.unify(&variable, shape);
            }
            Pattern::Tuple(parts) => match shape {
                Shape::Parts(shapes) if shapes.len() == parts.len() => {
                    parts.iter().zip(shapes).for_each(|(part, shape)| self.bind(part, shape));
                }
                // A list that is taken apart.
                Shape::Parts(shapes) if shapes.len() == 1 => {
                    parts.iter().for_each(|part| self.bind(part, &shapes[0]));
                }
                _ => self.kept_pattern(pattern),
            },
        }
    }

    fn kept_pattern(&mut self, pattern: &Pattern) {
        for (name, ty) in pattern.names() {
            let shape = self.variable(name, ty);
            self.places.keep(&shape);
        }
    }

    /// The shape of what a place holds.
    fn held(&mut self, place: &'b Place) -> Shape {
        match place {
            Place::Variable { name, ty } => self.variable(name, ty),
            Place::Item { base, index, .. } => {
                let shape = self.shape(base);
                if matches!(base.ty, Type::Dict(..)) {
                    self.flow(index, &shape.part(0));
                    return shape.part(1);
                }
                self.shape(index);
                shape.part(0)
            }
            Place::Slice { base, start, stop } => {
                for bound in [start, stop].into_iter().flatten() {
                    self.shape(bound);
                }
                self.shape(base)
            }
            Place::Field { object, ty, .. } => {
                self.kept(object);
                let shape = self.places.shape(ty);
                self.places.keep(&shape);
                shape
            }
            Place::Part(selection) => self.shape(selection),
            Place::Tuple(places) => {
                let parts = places.iter().map(|p| self.held(p)).collect();
                Shape::Parts(parts)
            }
        }
    }

    fn assign(&mut self, place: &'b Place, value: &'b Expr) {
        let target = self.held(place);
        if let (Place::Tuple(places), ExprKind::Tuple(items)) = (place, &value.kind)
            && places.len() == items.len()
        {
            // The tuple is never seen as a whole: each value goes to its own place.
            let parts: Vec<Shape> =
                items.iter().enumerate().map(|(i, item)| self.stored(item, &target.part(i))).collect();
            self.shapes.insert(address(value), Shape::Parts(parts));
            return;
        }
        match (place, &value.ty) {
            (Place::Tuple(_), Type::Str) => {
                self.kept(value);
                self.places.keep(&target);
            }
            (Place::Tuple(_), Type::List(_)) => {
                let shape = self.shape(value);
                self.places.keep(&shape);
                self.places.keep(&target);
            }
            _ => self.flow(value, &target),
        }
    }

    /// A value that goes to a place; gives the shape that it has there.
    fn stored(&mut self, value: &'b Expr, target: &Shape) -> Shape {
        self.flow(value, target);
        target.clone()
    }

    fn augmented(&mut self, place: &'b Place, value: &'b Expr) {
        let target = self.held(place);
        match &target {
            Shape::Text(_) => {
                self.places.keep(&target);
                self.kept(value);
            }
            _ if value.ty == Type::Str => self.kept(value),
            Shape::Parts(_) if value.ty != place.ty() => {
                let element = self.element(value);
                self.places.unify(&element, &target.part(0));
            }
            _ => self.flow(value, &target),
        }
    }
}

impl<'b> Visit<'b> for Collector<'b> {
    fn expr(&mut self, expr: &'b Expr) {
        self.kept(expr);
    }

    fn stmt(&mut self, stmt: &'b Stmt) {
        match &stmt.kind {
            StmtKind::Assign { place, value } => self.assign(place, value),
            StmtKind::AugAssign { place, value, .. } => self.augmented(place, value),
            StmtKind::Expr(value) => {
                self.shape(value);
            }
            StmtKind::For { pattern, iter, body, orelse } => {
                let element = self.element(iter);
                self.bind(pattern, &element);
                self.block(body);
                self.block(orelse);
            }
            StmtKind::Try { handlers, .. } => {
                for name in handlers.iter().filter_map(|h| h.binding.as_ref()) {
                    let shape = self.variable(name, &Type::Str);
                    self.places.keep(&shape);
                }
                walk_stmt(self, stmt);
            }
            _ => walk_stmt(self, stmt),
        }
    }

    fn function(&mut self, function: &'b Function) {
        for name in &function.captures {
            if let Some(local) = self.locals.iter().find(|l| l.name == *name) {
                let shape = self.variable(name, &local.ty);
                self.places.keep(&shape);
            }
        }
    }
}

/// Adds the variables of comprehensions and lambdas.
fn bound_in_expressions(body: &Block, names: &mut BTreeSet<String>) {
    grammars::ir::visit::each_expr(body, |expr| match &expr.kind {
        ExprKind::Comprehension { clauses, .. }
        | ExprKind::SetComprehension { clauses, .. }
        | ExprKind::DictComprehension { clauses, .. } => {
            names.extend(clauses.iter().flat_map(|c| c.pattern.names()).map(|(name, _)| name.to_string()));
        }
        ExprKind::Lambda { params, .. } => names.extend(params.iter().map(|(name, _)| name.clone())),
        _ => {}
    });
}
