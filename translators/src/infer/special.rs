//! Library functions whose types no signature can say.

use super::cells::{Cell, Head, Missing};
use super::constraint::Arguments;
use super::facts::Facts;
use super::key::Key;
use grammars::surface;
use grammars::{Rejection, Span};

/// Whether a call was one of those here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Applied {
    Done,
    No,
}

/// A call being typed.
pub(super) struct Call<'f, 'a, 'm> {
    pub facts: &'f mut Facts<'m>,
    pub key: Key,
    pub path: &'a str,
    pub args: &'a Arguments<'m>,
    pub out: Cell,
    pub span: Span,
}

/// Types the call if it is special.
pub(super) fn apply(call: &mut Call) -> Result<Applied, Rejection> {
    if super::regex::apply(call)? == Applied::Done || super::arrays::call(call)? == Applied::Done {
        return Ok(Applied::Done);
    }
    let (path, args) = (call.path, call.args);
    if let (Some(op), [(a, left), (b, right)]) =
        (super::names_of_library::operator_function(path), args.positional.as_slice())
    {
        super::operators::binary(call.facts, call.key, op, (*left, *right), call.out, (a, b), call.span)?;
        return Ok(Applied::Done);
    }
    match path {
        "builtins.range" => call.range(),
        "builtins.zip" => call.zip()?,
        "builtins.map" => call.map()?,
        "builtins.filter" => call.filter()?,
        "builtins.sum" => call.sum()?,
        "builtins.min" | "builtins.max" => call.extreme()?,
        "builtins.sorted" => call.sorted()?,
        ".sort" => call.sort()?,
        "heapq.nlargest" | "heapq.nsmallest" => call.extremes()?,
        "bisect.insort" | "bisect.insort_left" | "bisect.insort_right" => call.insert_sorted(),
        "operator.itemgetter" => call.item_getter(),
        "itertools.product" => call.product()?,
        "itertools.combinations" | "itertools.combinations_with_replacement" => call.combinations()?,
        "math.radians" | "math.degrees" | "math.fmod" => call.gives(Head::Float, false),
        // Has a meaning only in a comparison, where it is read as a test.
        "builtins.type" => {}
        "builtins.next" => call.next()?,
        "builtins.print" => call.gives(Head::Unknown, true),
        "builtins.isinstance" | "builtins.bool" | "builtins.callable" => call.gives(Head::Bool, false),
        "builtins.str" | ".format" => call.gives(Head::Str, false),
        "builtins.int" if args.positional.is_empty() => call.gives(Head::Int, false),
        "builtins.float" if args.positional.is_empty() => call.gives(Head::Float, false),
        "math.pow" => call.gives(Head::Float, false),
        "builtins.list" | "collections.deque" => call.list()?,
        "builtins.tuple" => call.tuple()?,
        "builtins.set" | "builtins.frozenset" => call.set()?,
        "builtins.dict" | "collections.OrderedDict" => call.dict()?,
        "builtins.dict.fromkeys" => call.keyed_alike()?,
        "collections.defaultdict" => call.default_dict()?,
        "collections.Counter" if args.positional.is_empty() => call.empty_counter(),
        "collections.Counter" if call.on_dict() => call.counter_of_dict(),
        "functools.reduce" => call.reduce()?,
        "itertools.chain" => call.chain()?,
        ".union" | ".intersection" | ".difference" | ".symmetric_difference" if call.on_set() => {
            call.set_operation()?;
        }
        ".most_common" => call.most_common(),
        "builtins.len" | "builtins.abs" | "builtins.repr" if call.on_object() => call.special_method(path)?,
        _ => return Ok(Applied::No),
    }
    Ok(Applied::Done)
}

impl<'m> Call<'_, '_, 'm> {
    fn arg(&self, at: usize) -> Option<Cell> {
        self.args.positional.get(at).map(|(_, cell)| *cell)
    }

    fn keyword(&self, name: &str) -> Option<Cell> {
        self.args.keywords.iter().find(|(k, _, _)| *k == name).map(|(_, _, cell)| *cell)
    }

    fn scratch(&mut self) -> Cell {
        self.facts.scratch(self.key, 4)[0]
    }

    fn gives(&mut self, head: Head, nullable: bool) {
        self.facts.cells.define(self.out, head);
        if nullable {
            self.facts.cells.set_nullable(self.out);
        }
    }

    fn iterate(&mut self, source: Cell, element: Cell) -> Result<(), Rejection> {
        self.facts.iterate(source, element, self.span)
    }

    /// The key function is applied to items like `element`.
    fn apply_key(&mut self, element: Cell) {
        if let Some(function) = self.keyword("key")
            && let Head::Function(params, _) = self.facts.cells.head(function).clone()
            && let [param] = params.as_slice()
        {
            self.facts.cells.flow(element, *param);
        }
    }

    fn range(&mut self) {
        let int = self.scratch();
        self.facts.cells.join(int, Head::Int);
        for at in 0..self.args.positional.len() {
            if let Some(arg) = self.arg(at) {
                self.facts.cells.flow_number(arg, int);
            }
        }
        self.gives(Head::Iter(int), false);
    }

    fn zip(&mut self) -> Result<(), Rejection> {
        if let [(surface::Expr { kind: surface::ExprKind::Star(_), .. }, rows)] =
            self.args.positional.as_slice()
        {
            return self.transposed(*rows);
        }
        let count = self.args.positional.len();
        let cells = self.facts.scratch(self.key, count + 1);
        for (at, element) in cells.iter().enumerate().take(count) {
            if let Some(arg) = self.arg(at) {
                self.iterate(arg, *element)?;
            }
        }
        self.facts.cells.define(cells[count], Head::Tuple(cells[..count].to_vec()));
        self.gives(Head::Iter(cells[count]), false);
        Ok(())
    }

    /// `zip(*rows)`.
    fn transposed(&mut self, rows: Cell) -> Result<(), Rejection> {
        let cells = self.facts.scratch(self.key, 4);
        let (row, item, column) = (cells[0], cells[1], cells[2]);
        self.iterate(rows, row)?;
        self.facts.cells.loosen_tuple(row);
        self.iterate(row, item)?;
        self.facts.cells.define(column, Head::VarTuple(item));
        self.gives(Head::Iter(column), false);
        Ok(())
    }

    /// The first item of an iterable, or the default.
    fn next(&mut self) -> Result<(), Rejection> {
        if let Some(source) = self.arg(0) {
            let element = self.scratch();
            self.iterate(source, element)?;
            self.facts.cells.flow(element, self.out);
        }
        if let Some(default) = self.arg(1) {
            self.facts.cells.flow(default, self.out);
        }
        Ok(())
    }

    fn extremes(&mut self) -> Result<(), Rejection> {
        let Some(source) = self.arg(1) else { return Ok(()) };
        let element = self.scratch();
        self.iterate(source, element)?;
        self.apply_key(element);
        self.gives(Head::List(element), false);
        Ok(())
    }

    fn insert_sorted(&mut self) {
        if let (Some(list), Some(item)) = (self.arg(0), self.arg(1))
            && let Head::List(element) = *self.facts.cells.head(list)
        {
            self.facts.cells.flow(item, element);
        }
        self.gives(Head::Unknown, true);
    }

    /// `itemgetter(1)`: a function from something indexed.
    fn item_getter(&mut self) {
        let cells = self.facts.scratch(self.key, 4);
        let (base, item) = (cells[0], cells[1]);
        let position = self.args.positional.first().and_then(|(e, _)| super::generate::literal_int(e));
        match (self.facts.cells.head(base).clone(), position) {
            (Head::Tuple(items), Some(position)) => {
                if let Some(at) = super::solve::tuple_position(position, items.len()) {
                    self.facts.cells.flow(items[at], item);
                }
            }
            (Head::List(t) | Head::VarTuple(t), Some(_)) => self.facts.cells.flow(t, item),
            (Head::Str, Some(_)) => self.facts.cells.join(item, Head::Str),
            _ => {}
        }
        if self.args.positional.len() == 1 {
            self.gives(Head::Function(vec![base], item), false);
        }
    }

    fn product(&mut self) -> Result<(), Rejection> {
        let repeat = self.args.keywords.iter().find(|(k, _, _)| *k == "repeat");
        let repeat = repeat.map_or(Some(1), |(_, e, _)| super::generate::literal_int(e)).unwrap_or(0);
        let count = self.args.positional.len();
        let total = count * usize::try_from(repeat).unwrap_or(0).min(4);
        let cells = self.facts.scratch(self.key, total + 1);
        for (at, element) in cells.iter().enumerate().take(total) {
            if let Some(arg) = self.arg(at % count) {
                self.iterate(arg, *element)?;
            }
        }
        self.facts.cells.define(cells[total], Head::Tuple(cells[..total].to_vec()));
        self.gives(Head::List(cells[total]), false);
        Ok(())
    }

    fn combinations(&mut self) -> Result<(), Rejection> {
        let count = self.args.positional.get(1).and_then(|(e, _)| super::generate::literal_int(e));
        let (Some(source), Some(count @ 1..=4)) = (self.arg(0), count) else {
            let message = "`combinations` has a rule for one to four items at a time.";
            return Err(Rejection::new("infer.library", self.span, message));
        };
        let cells = self.facts.scratch(self.key, 2);
        self.facts.cells.loosen_tuple(source);
        self.iterate(source, cells[0])?;
        self.facts.cells.define(cells[1], Head::Tuple(vec![cells[0]; count as usize]));
        self.gives(Head::List(cells[1]), false);
        Ok(())
    }

    fn map(&mut self) -> Result<(), Rejection> {
        let Some(function) = self.arg(0) else { return Ok(()) };
        let Head::Function(params, ret) = self.facts.cells.head(function).clone() else { return Ok(()) };
        if params.len() + 1 != self.args.positional.len() {
            let message = "`map` gives its function another number of arguments than it takes.";
            return Err(Rejection::new("infer.arguments", self.span, message));
        }
        for (at, param) in params.into_iter().enumerate() {
            if let Some(arg) = self.arg(at + 1) {
                self.iterate(arg, param)?;
            }
        }
        self.gives(Head::Iter(ret), false);
        Ok(())
    }

    fn filter(&mut self) -> Result<(), Rejection> {
        let (Some(function), Some(source)) = (self.arg(0), self.arg(1)) else { return Ok(()) };
        let element = self.scratch();
        self.iterate(source, element)?;
        if let Head::Function(params, _) = self.facts.cells.head(function).clone()
            && let [param] = params.as_slice()
        {
            self.facts.cells.flow(element, *param);
        }
        self.gives(Head::Iter(element), false);
        Ok(())
    }

    fn sum(&mut self) -> Result<(), Rejection> {
        let Some(source) = self.arg(0) else { return Ok(()) };
        let element = self.scratch();
        self.iterate(source, element)?;
        if let Some(start) = self.arg(1).or_else(|| self.keyword("start")) {
            self.facts.cells.flow(start, element);
        }
        let head = self.facts.cells.head(element).clone();
        match head {
            Head::Unknown => {}
            Head::Bool | Head::Int => self.gives(Head::Int, false),
            Head::Float => {
                if self.facts.cells.is_mixed(element) {
                    self.facts.cells.set_mixed(self.out);
                }
                self.gives(Head::Float, false);
            }
            Head::List(_) => self.gives(head, false),
            Head::Union(members) if members.iter().all(Head::is_number) => {
                for member in members {
                    self.facts.cells.join(self.out, if member == Head::Bool { Head::Int } else { member });
                }
            }
            head => {
                let message = format!("The sum of items that are {} has no rule.", head.describe());
                return Err(Rejection::new("infer.library", self.span, message));
            }
        }
        Ok(())
    }

    fn extreme(&mut self) -> Result<(), Rejection> {
        let element = self.scratch();
        if let [(_, only)] = self.args.positional.as_slice() {
            self.iterate(*only, element)?;
        } else {
            for (_, arg) in &self.args.positional {
                // `None` has no order.
                self.facts.cells.flow_value(*arg, element);
            }
        }
        self.apply_key(element);
        if let Some(default) = self.keyword("default") {
            self.facts.cells.flow(default, self.out);
        }
        self.facts.cells.flow(element, self.out);
        Ok(())
    }

    fn sorted(&mut self) -> Result<(), Rejection> {
        let Some(source) = self.arg(0) else { return Ok(()) };
        let element = self.scratch();
        self.iterate(source, element)?;
        self.apply_key(element);
        self.gives(Head::List(element), false);
        Ok(())
    }

    fn sort(&mut self) -> Result<(), Rejection> {
        if let Some(list) = self.arg(0) {
            let element = self.scratch();
            self.iterate(list, element)?;
            self.apply_key(element);
        }
        self.gives(Head::Unknown, true);
        Ok(())
    }

    /// The element of a new container made from the first argument, if there is one.
    fn elements(&mut self) -> Result<Cell, Rejection> {
        let element = self.scratch();
        if let Some(source) = self.arg(0) {
            self.iterate(source, element)?;
        }
        Ok(element)
    }

    fn list(&mut self) -> Result<(), Rejection> {
        let element = self.elements()?;
        self.gives(Head::List(element), false);
        Ok(())
    }

    fn set(&mut self) -> Result<(), Rejection> {
        let element = self.elements()?;
        self.gives(Head::Set(element), false);
        Ok(())
    }

    fn tuple(&mut self) -> Result<(), Rejection> {
        if let Some(source) = self.arg(0)
            && let head @ Head::Tuple(_) = self.facts.cells.head(source).clone()
        {
            self.gives(head, false);
            return Ok(());
        }
        let known = self.arg(0).is_none_or(|source| !self.facts.cells.is_unknown(source));
        let element = self.elements()?;
        if known {
            self.gives(Head::VarTuple(element), false);
        }
        Ok(())
    }

    fn dict(&mut self) -> Result<(), Rejection> {
        let cells = self.facts.scratch(self.key, 4);
        let (key, value, pair) = (cells[1], cells[2], cells[3]);
        if let Some(source) = self.arg(0) {
            match self.facts.cells.head(source).clone() {
                Head::Unknown => return Ok(()),
                Head::Dict(k, v) => {
                    self.facts.cells.unify(k, key);
                    self.facts.cells.unify(v, value);
                }
                _ => {
                    self.iterate(source, pair)?;
                    self.take_pair(pair, key, value);
                }
            }
        }
        for (_, _, cell) in &self.args.keywords {
            self.facts.cells.join(key, Head::Str);
            self.facts.cells.flow(*cell, value);
        }
        self.gives(Head::Dict(key, value), false);
        self.facts.cells.set_missing(self.out, Missing::Raises);
        Ok(())
    }

    fn take_pair(&mut self, pair: Cell, key: Cell, value: Cell) {
        match self.facts.cells.head(pair).clone() {
            Head::Tuple(items) if items.len() == 2 => {
                self.facts.cells.flow(items[0], key);
                self.facts.cells.flow(items[1], value);
            }
            Head::List(t) | Head::VarTuple(t) => {
                self.facts.cells.flow(t, key);
                self.facts.cells.flow(t, value);
            }
            _ => {}
        }
    }

    fn keyed_alike(&mut self) -> Result<(), Rejection> {
        let key = self.elements()?;
        let value = self.facts.scratch(self.key, 4)[1];
        match self.arg(1) {
            Some(given) => self.facts.cells.flow(given, value),
            None => self.facts.cells.set_nullable(value),
        }
        self.gives(Head::Dict(key, value), false);
        self.facts.cells.set_missing(self.out, Missing::Raises);
        Ok(())
    }

    fn default_dict(&mut self) -> Result<(), Rejection> {
        let cells = self.facts.scratch(self.key, 4);
        let (key, value) = (cells[1], cells[2]);
        if *self.facts.cells.head(self.out) == Head::Unknown {
            let missing = self.factory()?;
            self.facts.cells.define(self.out, Head::Dict(key, value));
            self.facts.cells.set_missing(self.out, missing);
        }
        if let Some((factory, cell)) = self.args.positional.first() {
            self.factory_value(factory, *cell, value);
        }
        if let Some(start) = self.arg(1)
            && let Head::Dict(k, v) = self.facts.cells.head(start).clone()
        {
            self.facts.cells.unify(k, key);
            self.facts.cells.unify(v, value);
        }
        Ok(())
    }

    fn factory(&mut self) -> Result<Missing, Rejection> {
        match self.args.positional.first().map(|(e, _)| &e.kind) {
            None | Some(surface::ExprKind::None) => Ok(Missing::Raises),
            Some(surface::ExprKind::Library(_)) => Ok(Missing::InsertsEmpty),
            Some(surface::ExprKind::Lambda { params, body }) if params.is_empty() => {
                self.facts.factories.push(body);
                Ok(Missing::Inserts(self.facts.factories.len() - 1))
            }
            Some(_) => {
                let message =
                    "The factory of a `defaultdict` is neither a type of the language nor a lambda.";
                Err(Rejection::new("infer.default-factory", self.span, message))
            }
        }
    }

    fn factory_value(&mut self, factory: &surface::Expr, cell: Cell, value: Cell) {
        let cells = &mut self.facts.cells;
        match &factory.kind {
            surface::ExprKind::Library(path) => match path.as_str() {
                "builtins.int" => cells.join(value, Head::Int),
                "builtins.float" => cells.join(value, Head::Float),
                "builtins.str" => cells.join(value, Head::Str),
                "builtins.bool" => cells.join(value, Head::Bool),
                "builtins.list" | "collections.deque" if cells.is_unknown(value) => {
                    let element = cells.fresh();
                    cells.join(value, Head::List(element));
                }
                "builtins.set" if cells.is_unknown(value) => {
                    let element = cells.fresh();
                    cells.join(value, Head::Set(element));
                }
                "builtins.dict" if cells.is_unknown(value) => {
                    let (k, v) = (cells.fresh(), cells.fresh());
                    cells.join(value, Head::Dict(k, v));
                }
                "collections.Counter" if cells.is_unknown(value) => {
                    let (k, v) = (cells.fresh(), cells.of(Head::Int));
                    cells.join(value, Head::Dict(k, v));
                    cells.set_missing(value, Missing::Zero);
                }
                _ => {}
            },
            _ => {
                if let Head::Function(_, ret) = *cells.head(cell) {
                    cells.flow(ret, value);
                }
            }
        }
    }

    fn on_dict(&self) -> bool {
        self.arg(0).is_some_and(|c| matches!(self.facts.cells.head(c), Head::Dict(..)))
    }

    /// `Counter({"a": 2})` takes the counts over.
    fn counter_of_dict(&mut self) {
        let Some(counts) = self.arg(0) else { return };
        let head = self.facts.cells.head(counts).clone();
        self.gives(head, false);
        self.facts.cells.set_missing(self.out, Missing::Zero);
    }

    fn empty_counter(&mut self) {
        let cells = self.facts.scratch(self.key, 4);
        self.facts.cells.join(cells[2], Head::Int);
        self.gives(Head::Dict(cells[1], cells[2]), false);
        self.facts.cells.set_missing(self.out, Missing::Zero);
    }

    fn reduce(&mut self) -> Result<(), Rejection> {
        let (Some(function), Some(source)) = (self.arg(0), self.arg(1)) else { return Ok(()) };
        let Head::Function(params, ret) = self.facts.cells.head(function).clone() else { return Ok(()) };
        let [accumulated, item] = params.as_slice() else { return Ok(()) };
        self.iterate(source, *item)?;
        match self.arg(2) {
            Some(start) => self.facts.cells.flow(start, *accumulated),
            None => self.iterate(source, *accumulated)?,
        }
        self.facts.cells.flow(ret, *accumulated);
        self.facts.cells.flow(*accumulated, ret);
        self.facts.cells.flow(ret, self.out);
        Ok(())
    }

    fn chain(&mut self) -> Result<(), Rejection> {
        let element = self.scratch();
        for (e, arg) in &self.args.positional {
            if matches!(e.kind, surface::ExprKind::Star(_)) {
                let inner = self.facts.scratch(self.key, 4)[1];
                self.iterate(*arg, inner)?;
                self.iterate(inner, element)?;
            } else {
                self.iterate(*arg, element)?;
            }
        }
        self.gives(Head::List(element), false);
        Ok(())
    }

    fn on_set(&self) -> bool {
        self.arg(0).is_some_and(|c| matches!(self.facts.cells.head(c), Head::Set(_)))
    }

    fn set_operation(&mut self) -> Result<(), Rejection> {
        let Some(set) = self.arg(0) else { return Ok(()) };
        let Head::Set(element) = *self.facts.cells.head(set) else { return Ok(()) };
        for (_, other) in self.args.positional.iter().skip(1) {
            self.iterate(*other, element)?;
        }
        self.gives(Head::Set(element), false);
        Ok(())
    }

    fn most_common(&mut self) {
        let Some(counts) = self.arg(0) else { return };
        if let Head::Dict(key, value) = *self.facts.cells.head(counts) {
            let pair = self.scratch();
            self.facts.cells.define(pair, Head::Tuple(vec![key, value]));
            self.gives(Head::List(pair), false);
        }
    }

    fn on_object(&self) -> bool {
        self.arg(0).is_some_and(|c| matches!(self.facts.cells.head(c), Head::Class(_)))
    }

    fn special_method(&mut self, path: &str) -> Result<(), Rejection> {
        let name = match path {
            "builtins.len" => "__len__",
            "builtins.abs" => "__abs__",
            _ => "__repr__",
        };
        let Some(Head::Class(class)) = self.arg(0).map(|c| self.facts.cells.head(c).clone()) else {
            return Ok(());
        };
        self.facts.call_special(self.key, &class, name, &[], self.out, self.span)
    }
}
