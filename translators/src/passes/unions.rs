//! Values of several types, for targets that have none.

use grammars::ir::visit::{each_expr_in_module, each_function};
use grammars::ir::{Expr, ExprKind, Module, Type};
use grammars::{LangId, Rejection};

/// Rejects a module in which a value can be of several types.
///
/// # Errors
/// `TARGET.union`, at the first such value.
pub(crate) fn refuse(module: &Module, target: &LangId) -> Result<(), Rejection> {
    let mut found: Option<Rejection> = None;
    each_expr_in_module(module, |expr: &Expr| {
        if found.is_some() || !(has_union(&expr.ty) || matches!(expr.kind, ExprKind::IsInstance { .. })) {
            return;
        }
        let ty = match &expr.kind {
            ExprKind::IsInstance { value, .. } => &value.ty,
            _ => &expr.ty,
        };
        let message = format!("A value of type `{ty}` can be of several types.");
        found = Some(Rejection::new(format!("{}.union", target.as_str()), expr.span, message));
    });
    each_function(module, |function| {
        let several = function.params.iter().find(|p| has_union(&p.ty));
        if let (None, Some(param)) = (&found, several) {
            let message =
                format!("The parameter `{}` of type `{}` can be of several types.", param.name, param.ty);
            found = Some(Rejection::new(format!("{}.union", target.as_str()), function.span, message));
        }
    });
    found.map_or(Ok(()), Err)
}

/// The type is a union, or has one inside.
pub(crate) fn has_union(ty: &Type) -> bool {
    match ty {
        Type::Union(_) | Type::Any => true,
        Type::List(t) | Type::Set(t) | Type::Optional(t) | Type::Iter(t) => has_union(t),
        Type::Dict(key, value) => has_union(key) || has_union(value),
        Type::Tuple(items) => items.iter().any(has_union),
        Type::Function { params, ret } => params.iter().any(has_union) || has_union(ret),
        Type::None
        | Type::Bool
        | Type::Int
        | Type::Float
        | Type::Char
        | Type::Str
        | Type::Class(_)
        | Type::Library(_)
        | Type::Array { .. } => false,
    }
}
