//! Heaps and searches in ordered lists.

use super::{Body, NOT_EMPTY, reject};
use crate::fortran::tree::build::{binary, call, int, name, size};
use crate::fortran::tree::{Control, Expr, Op, Stmt};
use crate::fortran::types::{TypeOp, is_array};
use grammars::Rejection;
use grammars::ir::{self, Intrinsic, Type};

impl Body<'_, '_> {
    /// An operation on a heap or an ordered list, if it is one.
    pub fn ordered_list(&mut self, op: &Intrinsic, args: &[ir::Expr]) -> Result<Option<Expr>, Rejection> {
        let Some(list) = args.first().filter(|a| is_array(&a.ty)) else { return Ok(None) };
        let element = list.ty.element().unwrap_or(Type::None);
        let known = matches!(
            op,
            Intrinsic::HeapPush
                | Intrinsic::HeapPop
                | Intrinsic::Heapify
                | Intrinsic::BisectLeft
                | Intrinsic::BisectRight
        );
        if !known {
            return Ok(None);
        }
        if element == Type::Bool {
            return reject("order", list.span, "an order of truth values");
        }
        self.unit.type_op(&element, TypeOp::Less);
        Ok(Some(match op {
            Intrinsic::HeapPush => self.heap_push(list, &args[1], &element)?,
            Intrinsic::HeapPop => self.heap_pop(list, &element)?,
            Intrinsic::Heapify => self.heapify(list, &element)?,
            _ => self.bisect(list, &args[1], &element, *op == Intrinsic::BisectLeft)?,
        }))
    }

    fn heap_push(&mut self, list: &ir::Expr, item: &ir::Expr, element: &Type) -> Result<Expr, Rejection> {
        let item = self.exact(item)?;
        let item = self.element_of(item, element);
        let heap = self.place_designator(list)?;
        let push = self.unit.helper("heap_push", Some(element));
        self.emit(Stmt::Call(name(push), vec![heap, item]));
        self.effects += 1;
        Ok(Expr::Logical(true))
    }

    fn heap_pop(&mut self, list: &ir::Expr, element: &Type) -> Result<Expr, Rejection> {
        self.note(NOT_EMPTY);
        let heap = self.place_designator(list)?;
        let pop = self.unit.helper("heap_pop", Some(element));
        let least = self.names.fresh_of(&["least", "next_least"]);
        if *element == Type::Char {
            self.single_characters.insert(least.clone());
        }
        self.declare_element(&least, element);
        self.emit(Stmt::Call(name(pop), vec![heap, name(&least)]));
        self.effects += 1;
        Ok(self.value_of(name(least), element))
    }

    /// From the last parent to the root, each item sinks to where it belongs.
    fn heapify(&mut self, list: &ir::Expr, element: &Type) -> Result<Expr, Rejection> {
        let heap = self.place_designator(list)?;
        let sink = self.unit.helper("heap_sink", Some(element));
        let last = size(heap.clone());
        let variable = self.loop_variable_for(&last);
        let body = vec![Stmt::Call(name(sink), vec![heap, name(&variable)])];
        let control = Control::Count {
            variable: variable.clone(),
            first: binary(Op::Div, last, int(2)),
            last: int(1),
            step: Some(int(-1)),
        };
        self.emit(Stmt::Do { label: None, control, body });
        self.release(variable);
        self.effects += 1;
        Ok(Expr::Logical(true))
    }

    /// In an ordered list, the place of an item is the number of items before it.
    fn bisect(
        &mut self,
        list: &ir::Expr,
        item: &ir::Expr,
        element: &Type,
        left: bool,
    ) -> Result<Expr, Rejection> {
        let array = self.expr(list)?;
        let item = self.exact(item)?;
        let item = self.element_of(item, element);
        let plain = matches!(element, Type::Int | Type::Float | Type::Char);
        let item = if plain { item } else { self.wanted(item, element) };
        let before = match (left, plain) {
            (true, _) => binary(Op::Lt, array, item),
            (false, true) => binary(Op::Le, array, item),
            (false, false) => Expr::Not(Box::new(binary(Op::Lt, item, array))),
        };
        Ok(call("count", vec![before]))
    }
}
