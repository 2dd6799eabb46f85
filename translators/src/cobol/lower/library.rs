//! Library functions whose result is built by statements.

use super::number::function;
use super::{Lower, Result, reject};
use crate::cobol::loc::Loc;
use crate::cobol::tree::{Cond, Expr, Relation, Stmt, Until};
use grammars::ir::{self, BinaryOp, ExprKind, Intrinsic, Type};

impl<'m> Lower<'m> {
    /// Stores the result of a library function.
    pub fn produce_function(
        &mut self,
        dest: &Loc,
        op: &Intrinsic,
        args: &[ir::Expr],
        e: &ir::Expr,
    ) -> Result<()> {
        match op {
            Intrinsic::Sum | Intrinsic::Product => self.sum(dest, op, args),
            Intrinsic::Any | Intrinsic::All => self.quantifier(dest, *op == Intrinsic::All, &args[0]),
            Intrinsic::Min { default, key } => self.extreme(dest, false, (*default, *key), args, e),
            Intrinsic::Max { default, key } => self.extreme(dest, true, (*default, *key), args, e),
            Intrinsic::MinOf | Intrinsic::MaxOf => self.extreme_of(dest, *op == Intrinsic::MaxOf, args),
            Intrinsic::Reduce => self.reduce(dest, args),
            Intrinsic::Sorted { reverse, key } => {
                let key = key.then(|| args[args.len() - 1].clone());
                self.sorted(dest, &args[0], *reverse, key.as_ref())
            }
            Intrinsic::Copy | Intrinsic::DeepCopy => self.assign(dest, &args[0]),
            Intrinsic::ToList | Intrinsic::ToSet | Intrinsic::Keys | Intrinsic::Values => self.collect_from(
                dest,
                if *op == Intrinsic::ToList || *op == Intrinsic::ToSet { &args[0] } else { e },
            ),
            Intrinsic::ToDict if matches!(args[0].ty, Type::Dict(..)) => self.assign(dest, &args[0]),
            Intrinsic::ToDict => self.dict_from(dest, &args[0]),
            Intrinsic::ToTuple => self.tuple_from(dest, &args[0]),
            Intrinsic::Chain => self.chained(dest, args),
            Intrinsic::Filled => {
                let times = self.simple_number("FILL-COUNT", &args[0])?;
                let item = self.readable(args[1].clone())?;
                self.fill(dest, times, &item)
            }
            Intrinsic::Tally => self.tally(dest, &args[0]),
            Intrinsic::Get | Intrinsic::GetOr => self.get(dest, args, e.span),
            Intrinsic::PopKey => self.remove_key(Some(dest), args, false, e.span),
            Intrinsic::SetDefault => {
                let place = self.stored(&args[0])?;
                let position = self.entry_for(&place, &args[1], Some(&args[2]))?;
                if let Some(value) = place.entry_value(position.into()) {
                    self.copy(&value, dest);
                }
                Ok(())
            }
            Intrinsic::Pop | Intrinsic::PopFirst => self.pop(Some(dest), op, args, e.span),
            Intrinsic::BisectLeft | Intrinsic::BisectRight if args.len() == 2 => {
                self.bisect(dest, *op == Intrinsic::BisectLeft, args)
            }
            Intrinsic::HeapPop => self.heap_pop(Some(dest), &args[0], e.span),
            Intrinsic::Count => self.count_items(dest, &args[0], &args[1]),
            Intrinsic::IndexOf if !args[0].ty.is_text() => self.index_of(dest, &args[0], &args[1]),
            Intrinsic::DivMod => self.quotient_and_remainder(dest, args),
            Intrinsic::Gcd => self.gcd(dest, args),
            Intrinsic::Lcm => self.lcm(dest, args, e),
            Intrinsic::Round | Intrinsic::RoundTo => self.rounded(dest, args),
            Intrinsic::ISqrt => {
                let root = function("SQRT", vec![self.number(&args[0])?]);
                self.compute(dest.item(), root, Vec::new());
                Ok(())
            }
            Intrinsic::PowMod => {
                let (a, b, m) = (self.number(&args[0])?, self.number(&args[1])?, self.number(&args[2])?);
                self.pow_mod(dest, a, b, m, e)
            }
            Intrinsic::IsSubset | Intrinsic::IsSuperset | Intrinsic::IsDisjoint => {
                self.set_relation(dest, op, args)
            }
            Intrinsic::IsClose => self.is_close(dest, args),
            _ => self.text_function(dest, op, args, e),
        }
    }

    /// Stores the result of an operator that statements have to build.
    pub fn produce_binary(
        &mut self,
        dest: &Loc,
        op: BinaryOp,
        left: &ir::Expr,
        right: &ir::Expr,
        e: &ir::Expr,
    ) -> Result<()> {
        match &e.ty {
            Type::Str => match op {
                BinaryOp::Concat => self.concat(dest, e),
                BinaryOp::Repeat => self.repeat_text(dest, left, right),
                _ => reject("operator", e.span, "this operation on texts has no COBOL form"),
            },
            Type::List(_) | Type::Set(_) => {
                let (left, right) = if left.ty == Type::Int && op == BinaryOp::Repeat {
                    (right, left)
                } else {
                    (left, right)
                };
                self.list_operation(dest, op, left, right)
            }
            Type::Tuple(_) if op == BinaryOp::Concat => {
                let mut parts = self.tuple_parts(left)?;
                parts.extend(self.tuple_parts(right)?);
                let tuple = ir::Expr::new(ExprKind::Tuple(parts), e.ty.clone());
                self.assign(dest, &tuple)
            }
            _ => reject(
                "operator",
                e.span,
                format!("this operation on values of type {} has no COBOL form", e.ty),
            ),
        }
    }

    fn chained(&mut self, dest: &Loc, args: &[ir::Expr]) -> Result<()> {
        self.empty(dest);
        if let [only] = args {
            return self.iterate(only, &mut |this, inner, _| this.extend(dest, &inner));
        }
        args.iter().try_for_each(|arg| self.extend(dest, arg))
    }

    fn tuple_from(&mut self, dest: &Loc, source: &ir::Expr) -> Result<()> {
        let list = self.stored(source)?;
        let mut at = 0;
        while let (Some(part), Some(element)) = (dest.part(at), list.element(Expr::int(at as i128 + 1))) {
            self.copy(&element, &part);
            at += 1;
        }
        Ok(())
    }

    fn dict_from(&mut self, dest: &Loc, source: &ir::Expr) -> Result<()> {
        self.empty(dest);
        self.iterate(source, &mut |this, item, _| {
            let parts = this.tuple_parts(&item)?;
            match parts.as_slice() {
                [key, value] => this.put(dest, key, value),
                _ => reject("dict", item.span, "a dict is made from pairs"),
            }
        })
    }

    fn tally(&mut self, dest: &Loc, source: &ir::Expr) -> Result<()> {
        let source =
            if self.reads_record(source, &dest.record) { self.held(source)? } else { source.clone() };
        self.empty(dest);
        self.iterate(&source, &mut |this, item, _| {
            this.update_entry(dest, &item, Some(&ir::Expr::int(0)), BinaryOp::Add, &ir::Expr::int(1))
        })
    }

    fn quotient_and_remainder(&mut self, dest: &Loc, args: &[ir::Expr]) -> Result<()> {
        let ops = [BinaryOp::FloorDiv, BinaryOp::FloorMod];
        for (at, op) in ops.into_iter().enumerate() {
            let value = ir::Expr::binary(op, ir::Overflow::Fits, args[0].clone(), args[1].clone());
            if let Some(part) = dest.part(at) {
                self.assign(&part, &value)?;
            }
        }
        Ok(())
    }

    /// Euclid's algorithm.
    fn gcd(&mut self, dest: &Loc, args: &[ir::Expr]) -> Result<()> {
        let (a, b) = (self.number(&args[0])?, self.number(&args[1])?);
        let divisor = self.temp("DIVISOR", &Type::Int, args[0].span)?;
        let remainder = self.temp("REMAINDER-VALUE", &Type::Int, args[0].span)?;
        let dividend = self.temp("DIVIDEND", &Type::Int, args[0].span)?;
        self.store_number(&dividend, function("ABS", vec![a]));
        self.store_number(&divisor, function("ABS", vec![b]));
        let (dividend, divisor, remainder) = (dividend.item(), divisor.item(), remainder.item());
        let rest = function("MOD", vec![dividend.clone().into(), divisor.clone().into()]);
        let body = vec![
            Stmt::Compute { target: remainder.clone(), rounded: "", value: rest, size_error: Vec::new() },
            Stmt::Move(divisor.clone().into(), dividend.clone()),
            Stmt::Move(remainder.into(), divisor.clone()),
        ];
        self.emit(Stmt::Perform(Until::Before(Cond::relation(divisor, Relation::Eq, Expr::int(0))), body));
        self.emit(Stmt::Move(dividend.into(), dest.item()));
        Ok(())
    }

    fn lcm(&mut self, dest: &Loc, args: &[ir::Expr], e: &ir::Expr) -> Result<()> {
        let (a, b) = (self.readable(args[0].clone())?, self.readable(args[1].clone())?);
        let divisor = self.temp("COMMON-DIVISOR", &Type::Int, e.span)?;
        self.gcd(&divisor, &[a.clone(), b.clone()])?;
        let (a, b) = (self.number(&a)?, self.number(&b)?);
        let product = Expr::Binary(crate::cobol::tree::ArithOp::Mul, Box::new(a), Box::new(b));
        let value = Expr::Binary(
            crate::cobol::tree::ArithOp::Div,
            Box::new(function("ABS", vec![product])),
            Box::new(divisor.item().into()),
        );
        self.emit(Stmt::Move(Expr::int(0), dest.item()));
        let not_zero = Cond::relation(divisor.item(), Relation::Ne, Expr::int(0));
        let compute = Stmt::Compute { target: dest.item(), rounded: "", value, size_error: Vec::new() };
        self.emit(Stmt::If(not_zero, vec![compute], Vec::new()));
        Ok(())
    }

    /// Powers modulo a number, by repeated multiplication.
    fn pow_mod(&mut self, dest: &Loc, base: Expr, exponent: Expr, modulus: Expr, e: &ir::Expr) -> Result<()> {
        use crate::cobol::tree::ArithOp::Mul;
        let power = self.temp("POWER", &Type::Int, e.span)?.item();
        let base = self.settled("POWER-BASE", base);
        let exponent = self.settled("EXPONENT", exponent);
        let modulus = self.settled("MODULUS", modulus);
        let reduced = |value| function("MOD", vec![value, modulus.clone()]);
        self.compute(power.clone(), reduced(Expr::int(1)), Vec::new());
        let product = Expr::Binary(Mul, Box::new(power.clone().into()), Box::new(base));
        let step = Stmt::Compute {
            target: power.clone(),
            rounded: "",
            value: reduced(product),
            size_error: Vec::new(),
        };
        let exponent = self.atom("EXPONENT-VALUE", exponent, e.span)?;
        self.emit(Stmt::Perform(Until::Times(exponent), vec![step]));
        self.emit(Stmt::Move(power.into(), dest.item()));
        Ok(())
    }

    /// `round(x)` and `round(x, n)`: ties to even.
    fn rounded(&mut self, dest: &Loc, args: &[ir::Expr]) -> Result<()> {
        let value = self.number(&args[0])?;
        let digits = match args.get(1).map(ir::Expr::as_int) {
            None => 0,
            Some(Some(n @ 0..=9)) => n,
            _ => return reject("rounding", args[0].span, "round is translated for 0 to 9 decimals"),
        };
        let rounded = "ROUNDED MODE IS NEAREST-EVEN";
        if dest.node.ty == Type::Int {
            self.emit(Stmt::Compute { target: dest.item(), rounded, value, size_error: Vec::new() });
            return Ok(());
        }
        let picture = if digits == 0 { "PIC S9(17)".to_string() } else { format!("PIC S9(15)V9({digits})") };
        let decimal = self.edited("ROUNDED-VALUE", &picture);
        self.emit(Stmt::Compute { target: decimal.clone(), rounded, value, size_error: Vec::new() });
        self.emit(Stmt::Move(decimal.into(), dest.item()));
        Ok(())
    }

    fn is_close(&mut self, dest: &Loc, args: &[ir::Expr]) -> Result<()> {
        if args.len() != 2 {
            return reject("rounding", args[0].span, "isclose is translated with its default tolerance");
        }
        let (a, b) = (self.number(&args[0])?, self.number(&args[1])?);
        let distance = function("ABS", vec![a.clone().minus(b.clone())]);
        let larger = function("MAX", vec![function("ABS", vec![a]), function("ABS", vec![b])]);
        let tolerance = Expr::Binary(
            crate::cobol::tree::ArithOp::Mul,
            Box::new(Expr::Number("0.000000001".to_string())),
            Box::new(larger),
        );
        let Some(name) = dest.condition() else { return reject("condition", args[0].span, "no flag to set") };
        let cond = Cond::Relation(distance, Relation::Le, tolerance);
        self.emit(Stmt::If(cond, vec![Stmt::Set(name.clone(), true)], vec![Stmt::Set(name, false)]));
        Ok(())
    }

    fn set_relation(&mut self, dest: &Loc, op: &Intrinsic, args: &[ir::Expr]) -> Result<()> {
        let (inner, outer) =
            if *op == Intrinsic::IsSuperset { (&args[1], &args[0]) } else { (&args[0], &args[1]) };
        let Some(name) = dest.condition() else { return reject("condition", args[0].span, "no flag to set") };
        let outer = self.readable(outer.clone())?;
        self.emit(Stmt::Set(name.clone(), true));
        let inner = inner.clone();
        self.iterate(&inner, &mut |this, item, _| {
            let found = this.contains(&outer, &item)?;
            let wrong = if *op == Intrinsic::IsDisjoint { found } else { found.negated() };
            this.emit(Stmt::If(wrong, vec![Stmt::Set(name.clone(), false), Stmt::ExitPerform], Vec::new()));
            Ok(())
        })
    }
}
