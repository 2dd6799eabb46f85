//! Paths of the library that are constants, operators or constructors.

use grammars::ir::{ExprKind, Intrinsic, Type};
use grammars::surface;

/// A constant of the library.
pub(super) struct LibraryConstant {
    pub ty: Type,
    pub value: ExprKind,
}

/// What a path that is not called stands for.
pub(super) fn library_constant(path: &str) -> Option<LibraryConstant> {
    const LOWER: &str = "abcdefghijklmnopqrstuvwxyz";
    const UPPER: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let float =
        |op| Some(LibraryConstant { ty: Type::Float, value: ExprKind::Intrinsic { op, args: Vec::new() } });
    let text = |text: String| Some(LibraryConstant { ty: Type::Str, value: ExprKind::Str(text) });
    match path {
        "math.pi" | "numpy.pi" => float(Intrinsic::Pi),
        "math.e" | "numpy.e" => float(Intrinsic::E),
        "math.inf" | "numpy.inf" => float(Intrinsic::Infinity),
        "math.nan" | "numpy.nan" => float(Intrinsic::NotANumber),
        "math.tau" => {
            Some(LibraryConstant { ty: Type::Float, value: ExprKind::Float(std::f64::consts::TAU) })
        }
        "numpy.newaxis" => Some(LibraryConstant { ty: Type::None, value: ExprKind::None }),
        "sys.maxsize" => Some(LibraryConstant { ty: Type::Int, value: ExprKind::Int(i64::MAX.into()) }),
        "string.ascii_lowercase" => text(LOWER.to_owned()),
        "string.ascii_uppercase" => text(UPPER.to_owned()),
        "string.ascii_letters" => text(format!("{LOWER}{UPPER}")),
        "string.digits" => text("0123456789".to_owned()),
        "string.hexdigits" => text("0123456789abcdefABCDEF".to_owned()),
        "string.octdigits" => text("01234567".to_owned()),
        "string.punctuation" => text("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~".to_owned()),
        "string.whitespace" => text(" \t\n\r\u{b}\u{c}".to_owned()),
        _ => super::regex::flag(path)
            .map(|bits| LibraryConstant { ty: Type::Int, value: ExprKind::Int(bits.into()) }),
    }
}

/// How many arguments a library function takes when it is used as a value.
pub(super) fn arity(path: &str) -> usize {
    let two =
        path.starts_with("operator.") && !matches!(path, "operator.neg" | "operator.not_" | "operator.abs");
    let two = two
        || matches!(
            path,
            "math.gcd"
                | "math.lcm"
                | "math.pow"
                | "builtins.pow"
                | "builtins.max"
                | "builtins.min"
                | "builtins.divmod"
        );
    if two { 2 } else { 1 }
}

/// Class methods of library types that are functions of their own.
pub(super) fn constructor_alias(path: &str, name: &str) -> Option<&'static str> {
    match (path, name) {
        ("itertools.chain", "from_iterable") => Some("itertools.chain.from_iterable"),
        ("builtins.dict", "fromkeys") => Some("builtins.dict.fromkeys"),
        _ => None,
    }
}

/// The binary operator behind a function of `operator` (and `pow`).
pub(super) fn operator_function(path: &str) -> Option<surface::BinaryOp> {
    use surface::BinaryOp::*;
    Some(match path {
        "operator.add" | "operator.concat" | "operator.iadd" => Add,
        "operator.sub" => Sub,
        "operator.mul" | "operator.imul" => Mul,
        "operator.truediv" => Div,
        "operator.floordiv" => FloorDiv,
        "operator.mod" => Mod,
        "operator.pow" | "builtins.pow" => Pow,
        "operator.and_" => BitAnd,
        "operator.or_" => BitOr,
        "operator.xor" => BitXor,
        _ => return None,
    })
}
