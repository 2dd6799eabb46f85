//! Operations of the source's library.

use super::{Body, reject};
use crate::fortran::tree::build::{binary, call, int, name, permuted, plus};
use crate::fortran::tree::{Expr, Op, Stmt};
use crate::fortran::types::is_array;
use grammars::Rejection;
use grammars::ir::{self, Intrinsic, Type};

impl Body<'_, '_> {
    /// An operation of the source's library as a value.
    pub fn intrinsic(&mut self, op: &Intrinsic, args: &[ir::Expr], e: &ir::Expr) -> Result<Expr, Rejection> {
        if let Intrinsic::Array(op) = op {
            return self.array_operation(op, args, e);
        }
        if let Some(value) = self.dict_intrinsic(op, args, e)? {
            return Ok(value);
        }
        if let Some(value) = self.text_intrinsic(op, args, e)? {
            return Ok(value);
        }
        if let Some(value) = self.reduction(op, args, e, None)? {
            return Ok(value);
        }
        if let Some(value) = self.ordered_list(op, args)? {
            return Ok(value);
        }
        if let Some(value) = self.list_change(op, args)? {
            return Ok(value);
        }
        if let Some(value) = self.number(op, args, e)? {
            return Ok(value);
        }
        self.list_value(op, args, e)
    }

    /// An operation that gives a list, or asks a list something.
    fn list_value(&mut self, op: &Intrinsic, args: &[ir::Expr], e: &ir::Expr) -> Result<Expr, Rejection> {
        let element = args.first().and_then(|a| a.ty.element()).unwrap_or(Type::None);
        Ok(match op {
            Intrinsic::Len => self.length_of(&args[0])?,
            Intrinsic::IsEmpty => binary(Op::Eq, self.length_of(&args[0])?, int(0)),
            Intrinsic::Contains => match &args[0].kind {
                ir::ExprKind::Range { start, stop, step } if step.as_int() == Some(1) => {
                    let above = ir::Expr::compare(ir::CompareOp::Le, (**start).clone(), args[1].clone());
                    let below = ir::Expr::compare(ir::CompareOp::Lt, args[1].clone(), (**stop).clone());
                    self.expr(&ir::Expr::all_of(vec![above, below]))?
                }
                _ => self.list_contains(&args[0], &args[1])?,
            },
            Intrinsic::Copy | Intrinsic::DeepCopy => self.expr(&args[0])?,
            Intrinsic::ToList
            | Intrinsic::Reversed
            | Intrinsic::Keys
            | Intrinsic::Values
            | Intrinsic::Items => self.make_list(e)?,
            Intrinsic::Enumerate | Intrinsic::Zip | Intrinsic::Map | Intrinsic::Filter => {
                self.make_list(e)?
            }
            Intrinsic::ToSet => {
                let list = self.make_list(&args[0])?;
                if matches!(args[0].ty, Type::Set(_)) { list } else { self.distinct(list, &e.ty)? }
            }
            Intrinsic::ToTuple => self.make_tuple(&args[0], e)?,
            Intrinsic::ToDict | Intrinsic::Tally => self.built(e, &["map", "entries"])?,
            Intrinsic::Sorted { reverse, key } => self.sorted(args, &element, *reverse, *key)?,
            Intrinsic::IndexOf => self.index_of(args, &element)?,
            Intrinsic::Count => {
                let list = self.make_list(&args[0])?;
                let item = self.exact(&args[1])?;
                let item = self.element_of(item, &element);
                let test = self.equal_elements(&element, list, item);
                call("count", vec![test])
            }
            Intrinsic::Filled => {
                let item = self.exact(&args[1])?;
                let item = self.element_of(item, &args[1].ty);
                let times = self.expr(&args[0])?;
                self.filled(item, times)?
            }
            Intrinsic::Chain if args.len() > 1 => {
                let lists: Result<Vec<Expr>, _> = args.iter().map(|a| self.make_list(a)).collect();
                Expr::Array(None, lists?)
            }
            Intrinsic::Chain => self.flattened(&args[0], e)?,
            Intrinsic::IsSubset | Intrinsic::IsSuperset => {
                let sets = self.operands(&[&args[0], &args[1]])?;
                let helper = self.unit.helper("is_subset", Some(&element));
                let flipped = *op == Intrinsic::IsSuperset;
                call(helper, if flipped { sets.into_iter().rev().collect() } else { sets })
            }
            Intrinsic::IsDisjoint => {
                let sets = self.operands(&[&args[0], &args[1]])?;
                let common = call(self.unit.helper("intersection", Some(&element)), sets);
                binary(Op::Eq, call("size", vec![common]), int(0))
            }
            Intrinsic::Print { .. } => return reject("print-value", e.span, "the value of `print`"),
            other => {
                return reject("intrinsic", e.span, format!("the operation `{}`", intrinsic_name(other)));
            }
        })
    }

    /// The items of the items of a list.
    fn flattened(&mut self, lists: &ir::Expr, e: &ir::Expr) -> Result<Expr, Rejection> {
        let part = lists.ty.element().unwrap_or(Type::None);
        let item = part.element().unwrap_or(Type::None);
        let clause = |name: &str, ty: &Type, iter: ir::Expr| ir::Clause {
            pattern: ir::Pattern::name(name, ty.clone()),
            iter,
            conditions: Vec::new(),
        };
        let clauses = vec![
            clause("part", &part, lists.clone()),
            clause("item", &item, ir::Expr::local("part", part.clone())),
        ];
        self.comprehension(&ir::Expr::local("item", item.clone()).at(e.span), &clauses, &Type::list(item))
    }

    fn length_of(&mut self, value: &ir::Expr) -> Result<Expr, Rejection> {
        match &value.ty {
            Type::Tuple(items) => Ok(int(i64::try_from(items.len()).unwrap_or(i64::MAX))),
            ty if ty.is_text() => {
                let inner = self.expr(value)?;
                Ok(call("len", vec![inner]))
            }
            _ => {
                if let Some(count) = self.counted_length(value)? {
                    return Ok(count);
                }
                let list = self.make_list(value)?;
                Ok(call("size", vec![list]))
            }
        }
    }

    /// `len([x for x in xs if …])` counts.
    fn counted_length(&mut self, value: &ir::Expr) -> Result<Option<Expr>, Rejection> {
        let Some((_, clauses)) = super::array::generator(value) else { return Ok(None) };
        let [clause] = clauses.as_slice() else { return Ok(None) };
        if clause.conditions.is_empty() || !is_array(&value.ty) {
            return Ok(None);
        }
        let one = ir::Expr::int(1);
        let kind = ir::ExprKind::Comprehension { element: Box::new(one), clauses };
        let ones = ir::Expr::new(kind, Type::iter(Type::Int)).at(value.span);
        self.reduction(&Intrinsic::Sum, &[ones], &ir::Expr::int(0), None)
    }

    fn make_tuple(&mut self, value: &ir::Expr, e: &ir::Expr) -> Result<Expr, Rejection> {
        let Type::Tuple(types) = &e.ty else {
            return reject("tuple", e.span, "a tuple of unknown length");
        };
        if matches!(value.ty, Type::Tuple(_)) {
            return self.expr(value);
        }
        let element = value.ty.element().unwrap_or(Type::None);
        let list = self.make_list(value)?;
        let list = self.subscriptable(list, &Type::list(element.clone()));
        let items = types.iter().enumerate().map(|(i, _)| {
            let position = i64::try_from(i).unwrap_or(0) + 1;
            let item = self.value_of(crate::fortran::tree::build::at(list.clone(), int(position)), &element);
            self.stored(item, &element)
        });
        let items = items.collect();
        Ok(call(self.unit.derived(&e.ty), items))
    }

    fn sorted(
        &mut self,
        args: &[ir::Expr],
        element: &Type,
        reverse: bool,
        key: bool,
    ) -> Result<Expr, Rejection> {
        let list = self.make_list(&args[0])?;
        if let Some(key) = args.get(1).filter(|_| key) {
            let list = self.subscriptable(list, &Type::list(element.clone()));
            let order = self.order_by(list.clone(), element, key, reverse)?;
            return Ok(permuted(list, order));
        }
        let helper = if reverse { "sorted_down" } else { "sorted" };
        Ok(call(self.unit.helper(helper, Some(element)), vec![list]))
    }

    fn index_of(&mut self, args: &[ir::Expr], element: &Type) -> Result<Expr, Rejection> {
        if args.len() > 2 {
            return reject("index-of", args[2].span, "a search from a position on");
        }
        self.note(super::IN_RANGE);
        if args[0].ty.is_text() {
            let values = self.operands(&[&args[0], &args[1]])?;
            return Ok(plus(call("index", values), -1));
        }
        let list = self.make_list(&args[0])?;
        Ok(plus(self.position_of(list, &args[1], element)?, -1))
    }

    /// A mathematical function, if the operation is one.
    fn number(&mut self, op: &Intrinsic, args: &[ir::Expr], e: &ir::Expr) -> Result<Option<Expr>, Rejection> {
        let simple = match op {
            Intrinsic::Abs => Some("abs"),
            Intrinsic::Sqrt => Some("sqrt"),
            Intrinsic::Exp => Some("exp"),
            Intrinsic::Log10 => Some("log10"),
            Intrinsic::Log if args.len() == 1 => Some("log"),
            Intrinsic::Sin => Some("sin"),
            Intrinsic::Cos => Some("cos"),
            Intrinsic::Tan => Some("tan"),
            Intrinsic::Asin => Some("asin"),
            Intrinsic::Acos => Some("acos"),
            Intrinsic::Atan => Some("atan"),
            Intrinsic::Atan2 => Some("atan2"),
            Intrinsic::Hypot => Some("hypot"),
            _ => None,
        };
        if let Some(function) = simple {
            return Ok(Some(call(function, self.operands(&args.iter().collect::<Vec<_>>())?)));
        }
        let helper = match op {
            Intrinsic::Gcd => Some("greatest_common_divisor"),
            Intrinsic::Factorial => Some("factorial"),
            Intrinsic::Comb => Some("binomial"),
            Intrinsic::PowMod => Some("power_modulo"),
            Intrinsic::ISqrt => Some("integer_root"),
            Intrinsic::Round => Some("round_half_even"),
            Intrinsic::IsClose => Some("is_close"),
            _ => None,
        };
        if let Some(helper) = helper {
            let values = self.operands(&args.iter().collect::<Vec<_>>())?;
            let mut values: Vec<Expr> =
                values.into_iter().zip(args).map(|(v, a)| self.exactly(v, &a.ty)).collect();
            if helper == "is_close" && values.len() == 2 {
                values.extend([Expr::Real(1e-9), Expr::Real(0.0)]);
            }
            return Ok(Some(call(self.unit.helper(helper, None), values)));
        }
        self.other_number(op, args, e)
    }

    fn other_number(
        &mut self,
        op: &Intrinsic,
        args: &[ir::Expr],
        e: &ir::Expr,
    ) -> Result<Option<Expr>, Rejection> {
        Ok(Some(match op {
            Intrinsic::ToInt => {
                let value = self.expr(&args[0])?;
                match args[0].ty {
                    Type::Int => value,
                    Type::Bool => call("merge", vec![int(1), int(0), value]),
                    _ => call("int", vec![value, name("int64")]),
                }
            }
            Intrinsic::ToFloat => {
                let value = self.expr(&args[0])?;
                match args[0].ty {
                    Type::Float => value,
                    Type::Bool => call("merge", vec![Expr::Real(1.0), Expr::Real(0.0), value]),
                    _ => call("real", vec![value, name("real64")]),
                }
            }
            Intrinsic::RoundTo => {
                let Some(places) = args[1].as_int().filter(|p| (0..=300).contains(p)) else {
                    return reject("round", e.span, "`round` to a number of digits that is no literal");
                };
                let value = self.expr(&args[0])?;
                let places = int(i64::try_from(places).unwrap_or(0));
                call(self.unit.helper("round_to", None), vec![value, places])
            }
            Intrinsic::Floor | Intrinsic::Ceil => {
                let function = if *op == Intrinsic::Floor { "floor" } else { "ceiling" };
                let value = self.expr(&args[0])?;
                if args[0].ty == Type::Int { value } else { call(function, vec![value, name("int64")]) }
            }
            Intrinsic::Log => {
                let values = self.operands(&[&args[0], &args[1]])?;
                let [value, base] = <[Expr; 2]>::try_from(values).unwrap_or([int(1), int(1)]);
                binary(Op::Div, call("log", vec![value]), call("log", vec![base]))
            }
            Intrinsic::Log2 => {
                let value = self.expr(&args[0])?;
                binary(Op::Div, call("log", vec![value]), call("log", vec![Expr::Real(2.0)]))
            }
            Intrinsic::Lcm => {
                let values = self.operands(&[&args[0], &args[1]])?;
                let values: Vec<Expr> = values.into_iter().map(|v| self.widened(v)).collect();
                let [a, b] = <[Expr; 2]>::try_from(values).unwrap_or([int(1), int(1)]);
                let a = self.held(a, &["first_number"], &Type::Int);
                let b = self.held(b, &["second_number"], &Type::Int);
                let divisor =
                    call(self.unit.helper("greatest_common_divisor", None), vec![a.clone(), b.clone()]);
                call("abs", vec![binary(Op::Mul, binary(Op::Div, a, divisor), b)])
            }
            Intrinsic::DivMod if args[0].ty == Type::Int => {
                let quotient = ir::BinaryOp::FloorDiv;
                let parts = [quotient, ir::BinaryOp::FloorMod]
                    .map(|op| ir::Expr::binary(op, ir::Overflow::Fits, args[0].clone(), args[1].clone()));
                let tuple = ir::Expr::new(ir::ExprKind::Tuple(parts.to_vec()), e.ty.clone());
                self.expr(&tuple)?
            }
            Intrinsic::IsNan => {
                let value = self.expr(&args[0])?;
                self.unit.ieee.insert("ieee_is_nan");
                call("ieee_is_nan", vec![value])
            }
            Intrinsic::IsInf => {
                let value = self.expr(&args[0])?;
                binary(Op::Gt, call("abs", vec![value]), call("huge", vec![Expr::Real(1.0)]))
            }
            Intrinsic::IsInteger => {
                let value = self.expr(&args[0])?;
                let value = self.held(value, &["number", "value"], &Type::Float);
                self.same_real(call("aint", vec![value.clone()]), value)
            }
            Intrinsic::BitCount => {
                let value = self.exact(&args[0])?;
                call("popcnt", vec![call("abs", vec![value])])
            }
            Intrinsic::BitLength => {
                let value = self.exact(&args[0])?;
                binary(Op::Sub, int(64), call("leadz", vec![call("abs", vec![value])]))
            }
            Intrinsic::Pi => Expr::Real(std::f64::consts::PI),
            Intrinsic::E => Expr::Real(std::f64::consts::E),
            Intrinsic::Infinity => self.infinity(false),
            Intrinsic::NotANumber => self.not_a_number(),
            _ => return Ok(None),
        }))
    }

    /// Positive or negative infinity.
    pub fn infinity(&mut self, negative: bool) -> Expr {
        let class = if negative { "ieee_negative_inf" } else { "ieee_positive_inf" };
        self.unit.ieee.extend(["ieee_value", class]);
        call("ieee_value", vec![Expr::Real(1.0), name(class)])
    }

    /// Not a number.
    pub fn not_a_number(&mut self) -> Expr {
        self.unit.ieee.extend(["ieee_value", "ieee_quiet_nan"]);
        call("ieee_value", vec![Expr::Real(1.0), name("ieee_quiet_nan")])
    }

    /// `print(values)`.
    pub fn print(&mut self, args: &[ir::Expr], sep: &str, end: &str, e: &ir::Expr) -> Result<(), Rejection> {
        if !matches!(end, "\n" | "") {
            return reject("print", e.span, "`print` with an end of its own");
        }
        let mut line: Option<Expr> = None;
        for (i, arg) in args.iter().enumerate() {
            let piece = self.make_text(arg)?;
            let piece = if i > 0 && !sep.is_empty() {
                binary(Op::Concat, self.literal(sep, e.span)?, piece)
            } else {
                piece
            };
            line = Some(match line {
                None => piece,
                Some(before) => binary(Op::Concat, before, piece),
            });
        }
        let format = crate::fortran::tree::build::text("(a)");
        let items = vec![line.unwrap_or_else(|| crate::fortran::tree::build::text(""))];
        self.emit(Stmt::Write { control: vec![name("*"), format], no_advance: end.is_empty(), items });
        Ok(())
    }
}

/// The operation as the source would spell it.
fn intrinsic_name(op: &Intrinsic) -> String {
    let debug = format!("{op:?}");
    let word = debug.split([' ', '(']).next().unwrap_or_default();
    super::super::names::spelling(word)
}
