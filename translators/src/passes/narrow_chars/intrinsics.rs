//! What intrinsics do with text.

use super::collect::Collector;
use super::shape::Shape;
use grammars::ir::{Expr, ExprKind, Intrinsic, Type};

impl<'b> Collector<'b> {
    /// The shape of an intrinsic's result, after a look at its arguments.
    pub(super) fn intrinsic(&mut self, op: &'b Intrinsic, args: &'b [Expr], ty: &Type) -> Shape {
        use Intrinsic::*;
        match op {
            Ord
            | Chr
            | IsAlpha
            | IsDigit
            | IsAlnum
            | IsSpace
            | IsLower
            | IsUpper
            | ParseInt
            | ToStr
            | Print { .. } => {
                args.iter().for_each(|arg| {
                    self.free(arg);
                });
                let shape = self.places.shape(ty);
                if !matches!(op, Chr) {
                    self.places.keep(&shape);
                }
                shape
            }
            Lower | Upper | SwapCase => {
                let shape = self.places.shape(ty);
                self.flow_shape(&args[0], &shape);
                shape
            }
            Len | IsEmpty | Clear | Reverse | DeleteAt | Heapify => self.looked_at(args),
            Contains | Count | IndexOf if args[0].ty == Type::Str => {
                self.kept(&args[0]);
                match op {
                    Contains => {
                        self.free(&args[1]);
                    }
                    _ => args[1..].iter().for_each(|arg| self.kept(arg)),
                }
                Shape::Plain
            }
            Contains | Count | IndexOf | Append | Insert | Prepend | Add | Discard | RemoveItem
            | RemoveMember | HeapPush | DeleteKey | BisectLeft | BisectRight => self.with_items(args),
            Extend | AddAll | Update => {
                let target = self.shape(&args[0]);
                for arg in &args[1..] {
                    match (op, &arg.ty) {
                        (Update, _) => self.flow(arg, &target),
                        (_, Type::Str) => {
                            // Each character goes in; where text is wanted, the source's type stays.
                            self.kept(arg);
                            self.places.keep(&target);
                        }
                        _ => {
                            let element = self.element(arg);
                            self.places.unify(&element, &target.part(0));
                        }
                    }
                }
                Shape::Plain
            }
            Pop | PopFirst | HeapPop => {
                let shape = self.shape(&args[0]);
                args[1..].iter().for_each(|arg| {
                    self.shape(arg);
                });
                shape.part(0)
            }
            Get | GetOr | SetDefault | PopKey => self.dict_value(op, args, ty),
            Copy | DeepCopy => self.shape(&args[0]),
            Keys | Values | Items => self.of_dict(op, args, ty),
            ToList | ToSet | Reversed | Tally => {
                let shape = self.places.shape(ty);
                let element = self.gathered(op, args);
                self.places.unify(&element, &shape.part(0));
                shape
            }
            Sorted { key, .. } => {
                let element = self.gathered(op, args);
                self.key(*key, args, &element);
                let shape = self.places.shape(ty);
                self.places.unify(&element, &shape.part(0));
                shape
            }
            Sort { key, .. } => {
                let shape = self.shape(&args[0]);
                self.key(*key, args, &shape.part(0));
                Shape::Plain
            }
            Min { default, key } | Max { default, key } => {
                let shape = self.element(&args[0]);
                if *default {
                    self.flow(&args[1], &shape);
                }
                self.key(*key, args, &shape);
                shape
            }
            MinOf | MaxOf => {
                let shape = self.places.shape(ty);
                args.iter().for_each(|arg| self.flow(arg, &shape));
                shape
            }
            Enumerate => {
                let element = self.element(&args[0]);
                args[1..].iter().for_each(|arg| {
                    self.shape(arg);
                });
                Shape::Parts(vec![Shape::Parts(vec![Shape::Plain, element])])
            }
            Zip => {
                let parts = args.iter().map(|arg| self.element(arg)).collect();
                Shape::Parts(vec![Shape::Parts(parts)])
            }
            Map | Filter => self.mapped(op, args, ty),
            Join => {
                self.kept(&args[0]);
                self.element(&args[1]);
                self.kept_result(ty)
            }
            Any | All | Sum | Product => {
                self.element(&args[0]);
                args[1..].iter().for_each(|arg| self.kept(arg));
                self.kept_result(ty)
            }
            _ => {
                args.iter().for_each(|arg| self.kept(arg));
                self.kept_result(ty)
            }
        }
    }

    /// The elements of a new container. What gathers the characters of text as a whole (`set(text)`)
    /// gives texts, as in the source.
    fn gathered(&mut self, op: &Intrinsic, args: &'b [Expr]) -> Shape {
        let element = self.element(&args[0]);
        if args[0].ty == Type::Str && *op != Intrinsic::Reversed {
            self.places.keep(&element);
        }
        element
    }

    fn kept_result(&mut self, ty: &Type) -> Shape {
        let shape = self.places.shape(ty);
        self.places.keep(&shape);
        shape
    }

    /// A single character stays one, text stays text.
    fn flow_shape(&mut self, arg: &'b Expr, result: &Shape) {
        let from = self.shape(arg);
        match (&from, result) {
            (Shape::Text(a), Shape::Text(b)) => self.places.flow(*a, *b),
            _ => self.places.keep(result),
        }
    }

    /// A container whose contents do not matter; text itself must stay text.
    fn looked_at(&mut self, args: &'b [Expr]) -> Shape {
        for arg in args {
            match arg.ty {
                Type::Str => self.kept(arg),
                _ => {
                    self.shape(arg);
                }
            }
        }
        Shape::Plain
    }

    /// A container, and items that are put in or looked for.
    fn with_items(&mut self, args: &'b [Expr]) -> Shape {
        let element = self.element(&args[0]);
        for arg in &args[1..] {
            match arg.ty {
                Type::Int if !matches!(element, Shape::Plain) => {
                    self.shape(arg);
                }
                _ => self.flow(arg, &element),
            }
        }
        Shape::Plain
    }

    fn dict_value(&mut self, op: &Intrinsic, args: &'b [Expr], ty: &Type) -> Shape {
        let table = self.shape(&args[0]);
        self.flow(&args[1], &table.part(0));
        let value = table.part(1);
        if let Some(default) = args.get(2) {
            self.flow(default, &value);
        }
        if *op == Intrinsic::Get {
            let shape = self.places.shape(ty);
            let inner = if matches!(args[0].ty, Type::Dict(_, ref v) if **v == *ty) {
                shape.clone()
            } else {
                shape.part(0)
            };
            self.places.unify(&inner, &value);
            return shape;
        }
        value
    }

    fn of_dict(&mut self, op: &Intrinsic, args: &'b [Expr], _ty: &Type) -> Shape {
        let table = self.shape(&args[0]);
        Shape::Parts(vec![match op {
            Intrinsic::Keys => table.part(0),
            Intrinsic::Values => table.part(1),
            _ => Shape::Parts(vec![table.part(0), table.part(1)]),
        }])
    }

    /// A key function as last argument takes the elements.
    fn key(&mut self, given: bool, args: &'b [Expr], element: &Shape) {
        if let Some(function) = args.last().filter(|_| given) {
            self.applied(function, element);
        }
    }

    /// A function that takes the elements; gives its result.
    fn applied(&mut self, function: &'b Expr, element: &Shape) -> Option<(&'b Expr, Shape)> {
        match &function.kind {
            ExprKind::Lambda { params, body } if params.len() == 1 => {
                let (name, ty) = &params[0];
                let pattern = grammars::ir::Pattern::name(name.clone(), ty.clone());
                self.bind(&pattern, element);
                let shape = self.shape(body);
                self.shapes.insert(super::collect::address(function), Shape::Plain);
                Some((body, shape))
            }
            _ => {
                self.kept(function);
                self.places.keep(element);
                None
            }
        }
    }

    fn mapped(&mut self, op: &Intrinsic, args: &'b [Expr], ty: &Type) -> Shape {
        let shape = self.places.shape(ty);
        let element = self.element(&args[1]);
        let result = self.applied(&args[0], &element);
        match (op, result) {
            (Intrinsic::Map, Some((body, result))) if args.len() == 2 => {
                self.flow_from(body, &result, &shape.part(0))
            }
            (Intrinsic::Filter, Some(_)) => self.places.unify(&element, &shape.part(0)),
            _ => {
                args[2..].iter().for_each(|arg| self.kept(arg));
                self.places.keep(&element);
                self.places.keep(&shape);
            }
        }
        shape
    }
}
