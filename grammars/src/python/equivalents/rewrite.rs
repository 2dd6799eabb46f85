//! Calls that are said in other words without a function of their own.

use crate::surface::{BinaryOp, Expr, ExprKind, FormatPart, Param, ParamKind};

/// Whether something of the library is said in other words here.
pub(super) fn is_rewritten(path: &str) -> bool {
    matches!(path, "operator.itemgetter" | "operator.attrgetter" | "builtins.format" | "collections.Counter")
}

/// The method of `str` or `dict` that is called with its receiver written first.
pub(super) fn unbound_method(path: &str) -> Option<&str> {
    const CONSTRUCTORS: [&str; 2] = ["maketrans", "fromkeys"];
    let name = path.strip_prefix("builtins.str.").or_else(|| path.strip_prefix("builtins.dict."))?;
    (!CONSTRUCTORS.contains(&name)).then_some(name)
}

/// `str.lower(text)` is `text.lower()`, and `str.lower` the function that does that.
pub(super) fn bind_method(expr: &mut Expr) {
    let span = expr.span;
    let method = |value: Expr, name: &str| {
        let kind = ExprKind::Attribute { value: Box::new(value), name: name.to_owned() };
        Box::new(Expr { kind, span })
    };
    match &mut expr.kind {
        ExprKind::Call { callee, args, .. } => {
            if let ExprKind::Library(path) = &callee.kind
                && let Some(name) = unbound_method(path)
                && !args.is_empty()
            {
                let receiver = args.remove(0);
                *callee = method(receiver, name);
            }
        }
        ExprKind::Library(path) => {
            if let Some(name) = unbound_method(path) {
                let text = Expr { kind: ExprKind::Name("text".to_owned()), span };
                let call =
                    ExprKind::Call { callee: method(text, name), args: Vec::new(), keywords: Vec::new() };
                expr.kind = lambda("text", Expr { kind: call, span });
            }
        }
        _ => {}
    }
}

/// `lambda name: body`.
fn lambda(name: &str, body: Expr) -> ExprKind {
    let span = body.span;
    let param = Param { name: name.to_owned(), hint: None, default: None, kind: ParamKind::Normal, span };
    ExprKind::Lambda { params: vec![param], body: Box::new(body) }
}

/// `itemgetter(1, 0)` is `lambda item: (item[1], item[0])`, `attrgetter("x")` is `lambda item: item.x`.
pub(super) fn function_of_operator(expr: &mut Expr) {
    let span = expr.span;
    let ExprKind::Call { callee, args, keywords } = &expr.kind else { return };
    let ExprKind::Library(path) = &callee.kind else { return };
    if !keywords.is_empty() {
        return;
    }
    let item = || Box::new(Expr { kind: ExprKind::Name("item".to_owned()), span });
    let plain = |e: &Expr| matches!(e.kind, ExprKind::Int(_) | ExprKind::Str(_));
    let body = match (path.as_str(), args.as_slice()) {
        ("operator.itemgetter", [_, _, ..]) if args.iter().all(plain) => {
            let part = |e: &Expr| {
                let kind = ExprKind::Subscript { value: item(), index: Box::new(e.clone()) };
                Expr { kind, span }
            };
            ExprKind::Tuple(args.iter().map(part).collect())
        }
        ("operator.attrgetter", [Expr { kind: ExprKind::Str(name), .. }]) if !name.contains('.') => {
            ExprKind::Attribute { value: item(), name: name.clone() }
        }
        _ => return,
    };
    expr.kind = lambda("item", Expr { kind: body, span });
}

/// `format(value, "spec")` is `f"{value:spec}"`.
pub(super) fn formatted(expr: &mut Expr) {
    let ExprKind::Call { callee, args, keywords } = &expr.kind else { return };
    let is_format = matches!(&callee.kind, ExprKind::Library(path) if path == "builtins.format");
    if let ([value, Expr { kind: ExprKind::Str(spec), .. }], true) = (args.as_slice(), is_format)
        && keywords.is_empty()
    {
        let part = FormatPart::Value { value: value.clone(), conversion: None, spec: spec.clone() };
        expr.kind = ExprKind::Format(vec![part]);
    }
}

/// `Counter(a) - Counter(b)` and its like.
pub(super) fn counted(expr: &Expr) -> Option<(&'static str, Vec<Expr>)> {
    let ExprKind::Binary { op, left, right } = &expr.kind else { return None };
    let helper = match op {
        BinaryOp::Sub => "counts_beyond",
        BinaryOp::Add => "counts_together",
        BinaryOp::BitAnd => "lesser_counts",
        BinaryOp::BitOr => "greater_counts",
        _ => return None,
    };
    (is_tally(left) && is_tally(right)).then(|| (helper, vec![(**left).clone(), (**right).clone()]))
}

/// `Counter(items)`.
fn is_tally(e: &Expr) -> bool {
    let ExprKind::Call { callee, args, keywords } = &e.kind else { return false };
    let is_counter = matches!(&callee.kind, ExprKind::Library(path) if path == "collections.Counter");
    is_counter && args.len() == 1 && keywords.is_empty() && !matches!(args[0].kind, ExprKind::Star(_))
}
