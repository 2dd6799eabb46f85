//! Names that a person would give to the value of an expression.

use grammars::ir::{Expr, ExprKind, Intrinsic, Type};

/// A name for the value of `expr`; it may be taken already.
pub(crate) fn wish(expr: &Expr) -> String {
    match &expr.kind {
        ExprKind::Call { function: name, .. }
        | ExprKind::CallMethod { method: name, .. }
        | ExprKind::CallStatic { method: name, .. } => of_call(name),
        ExprKind::New { class, .. } => class.to_lowercase(),
        ExprKind::Intrinsic { op, .. } => of_intrinsic(op).unwrap_or_else(|| of_type(&expr.ty)).to_string(),
        ExprKind::Field { field, .. } => field.clone(),
        ExprKind::Compare { .. } | ExprKind::CompareChain { .. } | ExprKind::And(_) | ExprKind::Or(_) => {
            "holds".into()
        }
        _ => of_type(&expr.ty).to_string(),
    }
}

/// `get_total` and `is_prime` give `total` and `prime`; `gcd` gives `gcd_value`.
fn of_call(name: &str) -> String {
    const VERBS: [&str; 14] = [
        "get_",
        "find_",
        "compute_",
        "calculate_",
        "calc_",
        "make_",
        "build_",
        "create_",
        "is_",
        "has_",
        "to_",
        "parse_",
        "read_",
        "next_",
    ];
    let name = name.trim_start_matches('_');
    let rest = VERBS.iter().find_map(|verb| name.strip_prefix(verb));
    match rest {
        Some(rest) if rest.starts_with(|c: char| c.is_ascii_alphabetic()) => rest.to_string(),
        _ if name.contains(|c: char| c.is_ascii_uppercase()) => format!("{name}Value"),
        _ => format!("{name}_value"),
    }
}

fn of_intrinsic(op: &Intrinsic) -> Option<&'static str> {
    use Intrinsic::*;
    Some(match op {
        Pop | PopFirst | HeapPop | PopKey => "item",
        Len => "length",
        Sum => "total",
        Product => "product",
        Any => "found",
        All => "holds",
        Min { .. } | MinOf => "smallest",
        Max { .. } | MaxOf => "largest",
        Sorted { .. } => "ordered",
        Find | RFind | IndexOf | BisectLeft | BisectRight => "position",
        Split | RSplit => "parts",
        SplitWhitespace => "words",
        SplitLines => "lines",
        Count | BitCount => "count",
        Tally => "counts",
        Keys => "keys",
        ToSet => "distinct",
        Abs => "magnitude",
        Reduce => "result",
        _ => return None,
    })
}

fn of_type(ty: &Type) -> &'static str {
    match ty {
        Type::Bool => "holds",
        Type::Char => "letter",
        Type::Str => "text",
        Type::List(_) | Type::Iter(_) => "items",
        Type::Tuple(_) => "parts",
        Type::Dict(..) => "table",
        Type::Set(_) => "members",
        Type::Function { .. } => "action",
        _ => "value",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verbs_in_front_are_dropped() {
        assert_eq!(of_call("get_total"), "total");
        assert_eq!(of_call("_is_prime"), "prime");
        assert_eq!(of_call("gcd"), "gcd_value");
        assert_eq!(of_call("to_2d"), "to_2d_value");
        assert_eq!(of_call("sumDigits"), "sumDigitsValue");
    }
}
