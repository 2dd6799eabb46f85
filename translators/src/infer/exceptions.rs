//! Exceptions by name.

use grammars::ir::ExceptionKind;

/// The kind of a built-in exception class.
pub(super) fn builtin_kind(name: &str) -> Option<ExceptionKind> {
    use ExceptionKind::*;
    Some(match name.strip_prefix("builtins.").unwrap_or(name) {
        "Exception" | "BaseException" => Any,
        "ArithmeticError" => Arithmetic,
        "ZeroDivisionError" => ZeroDivision,
        "OverflowError" => Overflow,
        "LookupError" => Lookup,
        "IndexError" => Index,
        "KeyError" => Key,
        "ValueError" => Value,
        "TypeError" => Type,
        "AttributeError" => Attribute,
        "AssertionError" => Assertion,
        "RuntimeError" => Runtime,
        "RecursionError" => Recursion,
        "NotImplementedError" => NotImplemented,
        "StopIteration" => StopIteration,
        _ => return None,
    })
}
