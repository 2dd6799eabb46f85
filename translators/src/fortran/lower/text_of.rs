//! Values as text: what `str` and `repr` write.

use super::{Body, reject};
use crate::fortran::tree::Expr;
use crate::fortran::tree::build::{call, component};
use crate::fortran::types::tuple_component;
use grammars::Rejection;
use grammars::ir::{self, Clause, ExprKind, FormatPart, FormatSpec, Intrinsic, Pattern, Type};

impl Body<'_, '_> {
    /// `str(value)`.
    pub fn make_text(&mut self, value: &ir::Expr) -> Result<Expr, Rejection> {
        let helper = match &value.ty {
            Type::Str | Type::Char => return self.expr(value),
            Type::Int => "integer_text",
            Type::Float => "real_text",
            Type::Bool => "logical_text",
            Type::List(element) => return self.list_text(value, element),
            Type::Tuple(items) => return self.tuple_text(value, items),
            Type::Class(class) => return self.object_text(value, class),
            other => {
                return reject("text-of", value.span, format!("the text of a value of type `{other}`"));
            }
        };
        let inner = self.exact(value)?;
        Ok(call(self.unit.helper(helper, None), vec![inner]))
    }

    /// `repr(value)`, which differs for text alone.
    pub fn make_repr(&mut self, value: &ir::Expr) -> Result<Expr, Rejection> {
        if !value.ty.is_text() {
            return self.make_text(value);
        }
        let inner = self.expr(value)?;
        Ok(call(self.unit.helper("quoted", None), vec![inner]))
    }

    /// `[1, 2]`.
    fn list_text(&mut self, value: &ir::Expr, element: &Type) -> Result<Expr, Rejection> {
        let item = ir::Expr::local("item", element.clone());
        let item = ir::Expr::intrinsic(Intrinsic::Repr, vec![item], Type::Str).at(value.span);
        let clause = Clause {
            pattern: Pattern::name("item", element.clone()),
            iter: value.clone(),
            conditions: Vec::new(),
        };
        let kind = ExprKind::Comprehension { element: Box::new(item), clauses: vec![clause] };
        let items = ir::Expr::new(kind, Type::list(Type::Str)).at(value.span);
        let joined = ir::Expr::intrinsic(Intrinsic::Join, vec![ir::Expr::str(", "), items], Type::Str);
        self.format(&[text("["), plain(joined.at(value.span)), text("]")])
    }

    /// `(1, 'a')`.
    fn tuple_text(&mut self, value: &ir::Expr, items: &[Type]) -> Result<Expr, Rejection> {
        let tuple = self.designator(value)?;
        let mut parts = vec![text("(")];
        let mut aliases = Vec::new();
        for (i, ty) in items.iter().enumerate() {
            let source = format!("part_{i}");
            let item = ir::Expr::local(source.clone(), ty.clone()).at(value.span);
            aliases.push((source, component(tuple.clone(), &tuple_component(i))));
            if i > 0 {
                parts.push(text(", "));
            }
            parts.push(plain(ir::Expr::intrinsic(Intrinsic::Repr, vec![item], Type::Str).at(value.span)));
        }
        parts.push(text(if items.len() == 1 { ",)" } else { ")" }));
        self.with_aliases(aliases, |b| b.format(&parts))
    }
}

fn text(value: &str) -> FormatPart {
    FormatPart::Text(value.to_string())
}

fn plain(value: ir::Expr) -> FormatPart {
    FormatPart::Value { value, spec: FormatSpec::default() }
}
