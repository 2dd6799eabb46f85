//! Which argument goes to which parameter.

use super::facts::ParamInfo;
use grammars::surface::{Expr, ExprKind, ParamKind};
use grammars::{Rejection, Span};

/// What a parameter gets.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Slot<'m> {
    Given(&'m Expr),
    Default,
    /// The arguments collected by `*args`.
    Rest(Vec<&'m Expr>),
    /// Item `at` of a starred argument.
    Part(&'m Expr, usize),
    /// A starred argument as a whole, for `*args`.
    Spread(&'m Expr),
}

/// One slot for each parameter, in order.
///
/// # Errors
/// `infer.arguments` where the call does not match the parameters, `infer.star` for a starred argument
/// in the middle.
pub(super) fn match_arguments<'m>(
    params: &[ParamInfo<'m>],
    args: &'m [Expr],
    keywords: &'m [(String, Expr)],
    span: Span,
) -> Result<Vec<Slot<'m>>, Rejection> {
    let mut slots: Vec<Option<Slot>> = vec![None; params.len()];
    let mut rest = args.iter();
    for (at, param) in params.iter().enumerate() {
        match param.kind {
            ParamKind::Normal => match rest.as_slice() {
                [Expr { kind: ExprKind::Star(inner), .. }] => {
                    slots[at] = Some(Slot::Part(inner, at - (args.len() - 1)));
                    if !params.get(at + 1).is_some_and(|p| p.kind == ParamKind::Normal) {
                        rest.next();
                    }
                }
                [arg, ..] => {
                    if matches!(arg.kind, ExprKind::Star(_)) {
                        return Err(Rejection::new(
                            "infer.star",
                            arg.span,
                            "A starred argument stands before others.",
                        ));
                    }
                    slots[at] = Some(Slot::Given(arg));
                    rest.next();
                }
                [] => {}
            },
            ParamKind::VarArgs => {
                slots[at] = Some(collect(rest.as_slice())?);
                rest = [].iter();
            }
            ParamKind::KeywordOnly | ParamKind::KeywordArgs => {}
        }
    }
    if let Some(extra) = rest.next() {
        return Err(mismatch(extra.span, "The call has more arguments than the function takes."));
    }
    for (name, value) in keywords {
        match params.iter().position(|p| p.name == name) {
            Some(at) if slots[at].is_none() => slots[at] = Some(Slot::Given(value)),
            _ => return Err(mismatch(value.span, &format!("The call gives `{name}`, which has no place."))),
        }
    }
    params.iter().zip(slots).map(|(param, slot)| fill(param, slot, span)).collect()
}

fn collect(args: &[Expr]) -> Result<Slot<'_>, Rejection> {
    match args {
        [Expr { kind: ExprKind::Star(inner), .. }] => Ok(Slot::Spread(inner)),
        _ => match args.iter().find(|a| matches!(a.kind, ExprKind::Star(_))) {
            Some(star) => {
                Err(Rejection::new("infer.star", star.span, "A starred argument stands among others."))
            }
            None => Ok(Slot::Rest(args.iter().collect())),
        },
    }
}

fn fill<'m>(param: &ParamInfo<'m>, slot: Option<Slot<'m>>, span: Span) -> Result<Slot<'m>, Rejection> {
    match slot {
        Some(slot) => Ok(slot),
        None if param.default.is_some() => Ok(Slot::Default),
        None => Err(mismatch(span, &format!("The call gives nothing for the parameter `{}`.", param.name))),
    }
}

fn mismatch(span: Span, message: &str) -> Rejection {
    Rejection::new("infer.arguments", span, message)
}
