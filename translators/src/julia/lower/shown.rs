//! Values as text, written as the source's language writes them.

use super::strings::pieces_of;
use super::{Lower, Lowering, reject};
use crate::julia::tree::{Clause, ComprehensionForm, Expr, Piece};
use grammars::ir;

/// Julia writes greater and smaller floats with an exponent where Python does not.
const FLOAT_RANGE: &str = "floats in text lie between 0.0001 and 1000000";

impl Lower<'_> {
    /// `str(value)`.
    pub(super) fn text_of(&mut self, value: &ir::Expr) -> Lowering<Expr> {
        match &value.ty {
            ir::Type::Str => self.lower_expr(value),
            ir::Type::Int | ir::Type::Char => Ok(Expr::base_call("string", vec![self.lower_expr(value)?])),
            _ => match self.shown(value)? {
                text @ (Expr::Ternary(..) | Expr::Str(_)) if value.ty != ir::Type::Float => Ok(text),
                other => Ok(Expr::base_call("string", vec![other])),
            },
        }
    }

    /// `repr(value)`.
    pub(super) fn repr_text(&mut self, value: &ir::Expr) -> Lowering<Expr> {
        match &value.ty {
            ir::Type::Int | ir::Type::Bool | ir::Type::Float => self.text_of(value),
            ir::Type::Str | ir::Type::Char => {
                let value_expr = self.lower_loose(value)?;
                Ok(self.notation(value_expr, &value.ty).map_or(Expr::text(""), Expr::Str))
            }
            _ => self.text_of(value),
        }
    }

    /// A value as something that Julia prints as Python would.
    pub(super) fn shown(&mut self, value: &ir::Expr) -> Lowering<Expr> {
        match &value.ty {
            ir::Type::Str | ir::Type::Char => self.lower_loose(value),
            ir::Type::Int => self.lower_expr(value),
            ir::Type::Float => {
                self.note_domain(FLOAT_RANGE);
                self.lower_expr(value)
            }
            ir::Type::Bool if self.module.source_lang != grammars::LangId::PYTHON => self.lower_expr(value),
            ir::Type::Bool => Ok(Expr::Ternary(
                Box::new(self.lower_expr(value)?),
                Box::new(Expr::text("True")),
                Box::new(Expr::text("False")),
            )),
            ir::Type::None => Ok(Expr::text("None")),
            ir::Type::Union(members) if members.iter().all(|m| m.is_numeric() || *m == ir::Type::Str) => {
                if members.contains(&ir::Type::Float) {
                    self.note_domain(FLOAT_RANGE);
                }
                self.lower_expr(value)
            }
            ir::Type::Tuple(items) if items.iter().all(|item| *item == ir::Type::Int) => {
                self.lower_expr(value)
            }
            // An empty vector would be shown with its type.
            ir::Type::List(item) if matches!(**item, ir::Type::Int | ir::Type::Float) => {
                if **item == ir::Type::Float {
                    self.note_domain(FLOAT_RANGE);
                }
                let items = Expr::base_call("join", vec![self.lower_expr(value)?, Expr::text(", ")]);
                Ok(bracketed("[", vec![Piece::Value(items)], "]"))
            }
            _ => {
                let lowered = self.lower_expr(value)?;
                match self.notation(lowered, &value.ty) {
                    Some(pieces) => Ok(Expr::Str(pieces)),
                    None => {
                        let message = format!("text of a value of type `{}`", value.ty);
                        reject("julia.text-of", value.span, message)
                    }
                }
            }
        }
    }

    /// A value as it stands within the text of a container; `None` where that has no short form.
    fn notation(&mut self, value: Expr, ty: &ir::Type) -> Option<Vec<Piece>> {
        Some(match ty {
            ir::Type::Int => vec![Piece::Value(value)],
            ir::Type::Float => {
                self.note_domain(FLOAT_RANGE);
                vec![Piece::Value(value)]
            }
            ir::Type::Bool => vec![Piece::Value(Expr::Ternary(
                Box::new(value),
                Box::new(Expr::text("True")),
                Box::new(Expr::text("False")),
            ))],
            ir::Type::Str | ir::Type::Char => {
                self.note_domain("texts within the text of a container hold no quotes and no backslashes");
                vec![Piece::Text("'".into()), Piece::Value(value), Piece::Text("'".into())]
            }
            ir::Type::List(item) => {
                let name = Expr::Local(self.fresh(&["item", "part"]));
                let element = Expr::Str(self.notation(name.clone(), item)?);
                let clauses = vec![Clause { target: name, iter: value, condition: None }];
                let form = ComprehensionForm::Generator;
                let items = Expr::Comprehension { form, element: Box::new(element), clauses };
                let joined = Expr::base_call("join", vec![items, Expr::text(", ")]);
                return Some(pieces_of(bracketed("[", vec![Piece::Value(joined)], "]")));
            }
            ir::Type::Tuple(types) => {
                let items: Vec<Expr> = match value {
                    Expr::Tuple(items) => items,
                    value if value.is_simple() => {
                        (1..=types.len()).map(|i| Expr::index(value.clone(), Expr::Int(i as i128))).collect()
                    }
                    _ => return None,
                };
                let mut pieces = Vec::new();
                for (i, (item, ty)) in items.into_iter().zip(types).enumerate() {
                    if i > 0 {
                        pieces.push(Piece::Text(", ".into()));
                    }
                    pieces.extend(self.notation(item, ty)?);
                }
                let close = if types.len() == 1 { ",)" } else { ")" };
                return Some(pieces_of(bracketed("(", pieces, close)));
            }
            _ => return None,
        })
    }
}

/// A string literal of `pieces` between two texts.
fn bracketed(open: &str, pieces: Vec<Piece>, close: &str) -> Expr {
    let (open, close) = (Piece::Text(open.to_string()), Piece::Text(close.to_string()));
    Expr::Str([open].into_iter().chain(pieces).chain([close]).collect())
}
