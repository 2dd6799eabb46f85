//! Tests of the Python front end through its one entrance.

use super::parse;
use crate::Rejection;
use crate::surface::visit::{Visit, walk_expr, walk_stmt};
use crate::surface::*;

fn module(source: &str) -> Module {
    parse("sample", source).expect("well-formed")
}

fn rejection(source: &str) -> Rejection {
    parse("sample", source).expect_err("must be rejected")
}

/// The only statement of a file, or the last one.
fn last(source: &str) -> StmtKind {
    module(source).body.pop().expect("a statement").kind
}

/// The expression assigned to `x`, in a file that knows `a` to `d`.
fn value(expression: &str) -> ExprKind {
    match last(&format!("a = b = c = d = 0\nx = {expression}\n")) {
        StmtKind::Assign { value, .. } => value.kind,
        other => panic!("no assignment: {other:?}"),
    }
}

fn function(source: &str) -> Function {
    match last(source) {
        StmtKind::Function(f) => *f,
        other => panic!("no function: {other:?}"),
    }
}

fn codes(module: &Module) -> Vec<String> {
    #[derive(Default)]
    struct Codes(Vec<String>);
    impl Visit for Codes {
        fn stmt(&mut self, stmt: &Stmt) {
            if let StmtKind::Unsupported(r) = &stmt.kind {
                self.0.push(r.code.to_string());
            }
            walk_stmt(self, stmt);
        }
        fn expr(&mut self, expr: &Expr) {
            if let ExprKind::Unsupported(r) = &expr.kind {
                self.0.push(r.code.to_string());
            }
            walk_expr(self, expr);
        }
    }
    let mut codes = Codes::default();
    module.body.iter().for_each(|s| codes.stmt(s));
    module.tests.iter().flat_map(|t| &t.body).for_each(|s| codes.stmt(s));
    codes.0
}

fn asserts(module: &Module) -> usize {
    struct Counter(usize);
    impl Visit for Counter {
        fn stmt(&mut self, stmt: &Stmt) {
            self.0 +=
                usize::from(matches!(stmt.kind, StmtKind::Assert { .. } | StmtKind::ExpectRaise { .. }));
            walk_stmt(self, stmt);
        }
    }
    let mut counter = Counter(0);
    module.body.iter().for_each(|s| counter.stmt(s));
    module.tests.iter().flat_map(|t| &t.body).for_each(|s| counter.stmt(s));
    counter.0
}

fn test_names(module: &Module) -> Vec<&str> {
    module.tests.iter().map(|t| t.name.as_str()).collect()
}

fn name(n: &str) -> ExprKind {
    ExprKind::Name(n.to_owned())
}

mod files {
    use super::*;

    #[test]
    fn what_takes_the_whole_file_has_a_code() {
        assert_eq!(rejection("").code.as_str(), "python.empty");
        assert_eq!(rejection(" \n\t\n").code.as_str(), "python.empty");
        assert_eq!(rejection("# only this\n").code.as_str(), "python.empty");
        assert_eq!(rejection("x = 1\0").code.as_str(), "python.binary");
        assert_eq!(rejection(&"x = 1\n".repeat(2 << 20)).code.as_str(), "python.size");
    }

    #[test]
    fn syntax_errors_have_a_place() {
        let rejection = rejection("x = 1\ndef f(:\n    pass\n");
        assert_eq!(rejection.code.as_str(), "python.syntax");
        assert_eq!(rejection.span.line, 2);
    }

    #[test]
    fn statements_of_python_2_are_syntax_errors() {
        assert_eq!(rejection("print 'hello'\n").code.as_str(), "python.syntax");
        assert_eq!(rejection("exec 'x = 1'\n").code.as_str(), "python.syntax");
        assert_eq!(rejection("x = 1 <> 2\n").code.as_str(), "python.syntax");
    }

    #[test]
    fn deep_nesting_is_rejected_without_overflow() {
        let deep = format!("x = {}{}\n", "[".repeat(10_000), "]".repeat(10_000));
        assert_eq!(rejection(&deep).code.as_str(), "python.nesting");
        let chain = format!("x = 1{}\n", " + 1".repeat(10_000));
        assert_eq!(rejection(&chain).code.as_str(), "python.nesting");
    }

    #[test]
    fn deep_nesting_in_one_statement_takes_that_statement() {
        let source = format!("x = {}1{}\ny = 2\n", "[".repeat(300), "]".repeat(300));
        let module = module(&source);
        assert_eq!(codes(&module), ["python.nesting"]);
        assert_eq!(module.body.len(), 2);
    }

    #[test]
    fn line_endings_and_marks_do_not_matter() {
        let unix = module("\u{feff}def f(x):\n    \"\"\"One.\n\n    Two.\n    \"\"\"\n    return x\n");
        let dos = module("def f(x):\r\n    \"\"\"One.\r\n\r\n    Two.\r\n    \"\"\"\r\n    return x\r\n");
        let doc = |m: &Module| match &m.body[0].kind {
            StmtKind::Function(f) => f.doc.clone(),
            _ => None,
        };
        assert_eq!(doc(&unix).map(|d| d.text), Some("One.\n\nTwo.".to_owned()));
        assert_eq!(doc(&unix).map(|d| d.text), doc(&dos).map(|d| d.text));
    }
}

mod names {
    use super::*;

    fn library(expression: &str, imports: &str) -> Option<String> {
        match last(&format!("{imports}\nx = {expression}\n")) {
            StmtKind::Assign { value: Expr { kind: ExprKind::Library(path), .. }, .. } => Some(path),
            _ => None,
        }
    }

    #[test]
    fn imports_are_followed_to_full_paths() {
        assert_eq!(library("sqrt", "from math import sqrt").as_deref(), Some("math.sqrt"));
        assert_eq!(library("root", "from math import sqrt as root").as_deref(), Some("math.sqrt"));
        assert_eq!(library("m.sqrt", "import math as m").as_deref(), Some("math.sqrt"));
        assert_eq!(library("os.path.join", "import os.path").as_deref(), Some("os.path.join"));
        assert_eq!(library("helper", "from .util import helper").as_deref(), Some(".util.helper"));
        assert_eq!(library("helper", "from . import helper").as_deref(), Some(".helper"));
        assert_eq!(library("sqrt", "from math import *").as_deref(), Some("math.sqrt"));
        assert_eq!(library("len", "").as_deref(), Some("builtins.len"));
        assert_eq!(library("str.upper", "").as_deref(), Some("builtins.str.upper"));
    }

    #[test]
    fn what_a_function_binds_hides_what_is_outside() {
        let f = function("def f(len):\n    return len\n");
        assert_eq!(
            f.body[0].kind,
            StmtKind::Return(Some(Expr { kind: name("len"), span: f.body[0].span_of_value() }))
        );
        let f = function("import math\ndef f():\n    print(sum)\n    sum = 1\n");
        assert!(matches!(&f.body[0].kind, StmtKind::Expr(Expr { kind: ExprKind::Call { args, .. }, .. })
            if args[0].kind == name("sum")));
    }

    #[test]
    fn methods_do_not_see_class_variables() {
        let module = module("max = 3\nclass A:\n    min = 1\n    def f(self):\n        return min, max\n");
        let StmtKind::Class(c) = &module.body[1].kind else { panic!("no class") };
        let StmtKind::Function(f) = &c.body[1].kind else { panic!("no method") };
        let StmtKind::Return(Some(Expr { kind: ExprKind::Tuple(items), .. })) = &f.body[0].kind else {
            panic!("no tuple")
        };
        assert_eq!(items[0].kind, ExprKind::Library("builtins.min".to_owned()));
        assert_eq!(items[1].kind, name("max"));
    }

    #[test]
    fn global_names_are_the_module_s() {
        let f = function("def f():\n    global count\n    count = 1\n    return count\n");
        assert_eq!(f.outer_names, ["count"]);
        assert!(codes(&module("def f():\n    global count\n    count = 1\n")).is_empty());
    }

    #[test]
    fn unknown_names_are_rejected() {
        assert_eq!(codes(&module("x = nothing\n")), ["python.undefined-name"]);
        assert_eq!(codes(&module("from numpy import *\nx = array\n")), ["python.star-import"]);
    }

    trait SpanOfValue {
        fn span_of_value(&self) -> crate::Span;
    }

    impl SpanOfValue for Stmt {
        fn span_of_value(&self) -> crate::Span {
            match &self.kind {
                StmtKind::Return(Some(e)) => e.span,
                _ => self.span,
            }
        }
    }
}

mod expressions {
    use super::*;

    #[test]
    fn literals() {
        assert_eq!(value("0xff"), ExprKind::Int("255".to_owned()));
        assert_eq!(value("1_0.5e1"), ExprKind::Float(105.0));
        assert_eq!(value("'a' \"b\" r'\\n'"), ExprKind::Str("ab\\n".to_owned()));
        assert_eq!(value(r"r'\\'"), ExprKind::Str(r"\\".to_owned()));
        assert_eq!(value(r"'\x41\u00e9\n'"), ExprKind::Str("A\u{e9}\n".to_owned()));
        assert_eq!(codes(&module("x = b'a'\n")), ["python.bytes"]);
        assert_eq!(codes(&module("x = 1j\n")), ["python.complex"]);
        assert_eq!(codes(&module("x = '\\N{BULLET}'\n")), ["python.string-escape"]);
    }

    #[test]
    fn formatted_strings_keep_their_specifications() {
        let ExprKind::Format(parts) = value(r#"f"{a!r:>10}{{x}} {b=}" "end""#) else { panic!("no f-string") };
        let shown: Vec<String> = parts
            .iter()
            .map(|p| match p {
                FormatPart::Text(text) => text.clone(),
                FormatPart::Value { conversion, spec, .. } => format!("<{conversion:?} {spec}>"),
            })
            .collect();
        assert_eq!(shown, ["<Some('r') >10>", "{x} b=", "<Some('r') >", "end"]);
        assert_eq!(codes(&module("a = 1\nx = f'{a:{a}}'\n")), ["python.nested-format"]);
    }

    #[test]
    fn operators_of_one_kind_become_one_node() {
        assert!(matches!(value("a and b and c"), ExprKind::And(items) if items.len() == 3));
        assert!(matches!(value("a or b and c"), ExprKind::Or(items) if items.len() == 2));
        let ExprKind::Compare { operands, ops } = value("a < b <= c not in d") else {
            panic!("no comparison")
        };
        assert_eq!(ops, [CompareOp::Lt, CompareOp::Le, CompareOp::NotIn]);
        assert_eq!(operands.len(), 4);
    }

    #[test]
    fn powers_and_signs_nest_as_in_python() {
        let ExprKind::Unary { op: UnaryOp::Neg, operand } = value("-a ** b") else { panic!("no sign") };
        assert!(matches!(operand.kind, ExprKind::Binary { op: BinaryOp::Pow, .. }));
    }

    #[test]
    fn subscripts_and_slices() {
        assert!(matches!(value("a[1]"), ExprKind::Subscript { .. }));
        assert!(
            matches!(value("a[1, 2]"), ExprKind::Subscript { index, .. } if matches!(index.kind, ExprKind::Tuple(_)))
        );
        let bounds = |e| match value(e) {
            ExprKind::Slice { start, stop, step, .. } => (start.is_some(), stop.is_some(), step.is_some()),
            other => panic!("no slice: {other:?}"),
        };
        assert_eq!(bounds("a[:]"), (false, false, false));
        assert_eq!(bounds("a[1:]"), (true, false, false));
        assert_eq!(bounds("a[::b]"), (false, false, true));
        assert_eq!(bounds("a[:b:c]"), (false, true, true));
    }

    #[test]
    fn comprehension_variables_have_their_own_scope() {
        let ExprKind::Comprehension { clauses, .. } = value("[len for len in a if len for e in len]") else {
            panic!("no comprehension")
        };
        assert_eq!(clauses.len(), 2);
        assert_eq!(clauses[0].conditions[0].kind, name("len"));
        assert_eq!(clauses[1].iter.kind, name("len"));
        assert!(
            codes(&module("x = [i for i in range(3)]\ny = i\n"))
                .contains(&"python.undefined-name".to_owned())
        );
    }

    #[test]
    fn splats_in_dict_displays_are_unions() {
        assert!(matches!(value("{**a, 1: 2, **b}"), ExprKind::Binary { op: BinaryOp::BitOr, .. }));
        assert!(matches!(value("{**a}"), ExprKind::Call { .. }));
    }

    #[test]
    fn calls_keep_names_of_arguments() {
        let ExprKind::Call { args, keywords, .. } = value("max(a, *b, key=c)") else { panic!("no call") };
        assert!(matches!(args[1].kind, ExprKind::Star(_)));
        assert_eq!(keywords[0].0, "key");
        assert_eq!(codes(&module("a = 0\nx = max(**a)\n")), ["python.keyword-splat"]);
    }
}

mod statements {
    use super::*;

    #[test]
    fn targets() {
        assert!(matches!(last("a = b = 1\n"), StmtKind::Assign { targets, .. } if targets.len() == 2));
        let StmtKind::Assign { targets, .. } = last("(a, [b, *c]), d = 1, 2\n") else {
            panic!("no assignment")
        };
        assert!(matches!(&targets[0].kind, ExprKind::Tuple(items) if items.len() == 2));
        assert!(
            matches!(last("(a) = 1\n"), StmtKind::Assign { targets, .. } if targets[0].kind == name("a"))
        );
    }

    #[test]
    fn comments_stay_where_they_are() {
        let f = function(
            "def f(x):  # head\n    # own\n    y = [\n        1,  # inside\n    ]  # behind\n    if x:\n        return 1\n    # before else\n    else:\n        return 2\n        # end of else\n    # end\n",
        );
        let shown: Vec<String> = f
            .body
            .iter()
            .map(|s| match &s.kind {
                StmtKind::Comment { text, trailing } => {
                    format!("{text}{}", if *trailing { " <" } else { "" })
                }
                StmtKind::If { orelse, .. } => format!("if … else {}", orelse.len()),
                _ => "stmt".to_owned(),
            })
            .collect();
        assert_eq!(shown, ["head", "own", "inside", "stmt", "behind <", "if … else 3", "end"]);
    }

    #[test]
    fn remarks_to_tools_are_left_out() {
        let module = module("#!/usr/bin/env python3\n# -*- coding: utf-8 -*-\nx = 1  # noqa: E501\n");
        assert_eq!(module.body.len(), 1);
    }

    #[test]
    fn match_over_literals_is_a_chain_of_comparisons() {
        let f = function(
            "def f(x):\n    match x:\n        case 1 | -2:\n            return 1\n        case None if x:\n            return 2\n        case _:\n            return 3\n",
        );
        let StmtKind::If { branches, orelse } = &f.body[0].kind else { panic!("no if") };
        assert!(matches!(&branches[0].0.kind, ExprKind::Or(items) if items.len() == 2));
        assert!(matches!(&branches[1].0.kind, ExprKind::And(items) if items.len() == 2));
        assert_eq!((branches.len(), orelse.len()), (2, 1));
        let taken_apart = "def f(x):\n    match x:\n        case (1, y):\n            return y\n";
        assert_eq!(codes(&module(taken_apart)), ["python.match"]);
    }

    #[test]
    fn try_names_the_classes_that_it_catches() {
        let f = function(
            "def f(x):\n    try:\n        return 1 // x\n    except (ValueError, KeyError) as e:\n        return 0\n    except ZeroDivisionError:\n        raise ValueError('zero') from None\n    finally:\n        pass\n",
        );
        let StmtKind::Try { handlers, finally, .. } = &f.body[0].kind else { panic!("no try") };
        assert_eq!(handlers[0].kinds, ["ValueError", "KeyError"]);
        assert_eq!(handlers[0].binding.as_deref(), Some("e"));
        assert_eq!(handlers[1].kinds, ["ZeroDivisionError"]);
        assert_eq!(finally.len(), 1);
    }

    #[test]
    fn yield_from_is_a_loop() {
        let f = function("def f(item):\n    yield from item\n");
        assert!(f.is_generator);
        let StmtKind::For { target, .. } = &f.body[0].kind else { panic!("no loop") };
        assert_eq!(target.kind, name("item_2"));
    }

    #[test]
    fn what_has_no_node_keeps_its_neighbours() {
        let module = module(
            "async def f():\n    pass\n\ndef g(x):\n    with open(x) as h:\n        pass\n    return x\n",
        );
        assert_eq!(codes(&module), ["python.async", "python.with"]);
        let StmtKind::Function(g) = &module.body[1].kind else { panic!("no function") };
        assert_eq!(g.body.len(), 2);
    }

    #[test]
    fn imports_leave_nothing_behind() {
        let module = module(
            "from typing import TYPE_CHECKING\ntry:\n    import numpy\nexcept ImportError:\n    numpy = None\nif TYPE_CHECKING:\n    import os\ndef f():\n    import math\n",
        );
        assert_eq!(module.body.len(), 1, "{:?}", module.body);
        let StmtKind::Function(f) = &module.body[0].kind else { panic!("no function") };
        assert_eq!(f.body[0].kind, StmtKind::Pass);
    }
}

mod definitions {
    use super::*;

    #[test]
    fn parameters_of_every_kind() {
        let f = function("def f(a, /, b: int = 2, *rest, c, d=4, **more):\n    pass\n");
        let kinds: Vec<(&str, ParamKind)> = f.params.iter().map(|p| (p.name.as_str(), p.kind)).collect();
        assert_eq!(
            kinds,
            [
                ("a", ParamKind::Normal),
                ("b", ParamKind::Normal),
                ("rest", ParamKind::VarArgs),
                ("c", ParamKind::KeywordOnly),
                ("d", ParamKind::KeywordOnly),
                ("more", ParamKind::KeywordArgs)
            ]
        );
    }

    fn hint(annotation: &str) -> String {
        fn show(h: &TypeHint) -> String {
            match h.args.as_slice() {
                [] => h.name.clone(),
                args => format!("{}[{}]", h.name, args.iter().map(show).collect::<Vec<_>>().join(", ")),
            }
        }
        let source = format!(
            "import typing as t\nfrom typing import *\nimport collections\nclass Node:\n    pass\ndef f(x: {annotation}):\n    pass\n"
        );
        function(&source).params[0].hint.as_ref().map(show).unwrap_or_default()
    }

    #[test]
    fn annotations_have_one_spelling() {
        assert_eq!(hint("List[int]"), "list[int]");
        assert_eq!(hint("t.Dict[str, t.List[float]]"), "dict[str, list[float]]");
        assert_eq!(hint("Optional[int]"), "optional[int]");
        assert_eq!(hint("int | None"), "optional[int]");
        assert_eq!(hint("Union[int, str, None]"), "optional[union[int, str]]");
        assert_eq!(hint("Tuple[int, ...]"), "vartuple[int]");
        assert_eq!(hint("tuple[int, str]"), "tuple[int, str]");
        assert_eq!(hint("Callable[[int, str], bool]"), "callable[int, str, bool]");
        assert_eq!(hint("Callable"), "callable");
        assert_eq!(hint("'Node'"), "Node");
        assert_eq!(hint("'List[Node]'"), "list[Node]");
        assert_eq!(hint("Any"), "any");
        assert_eq!(hint("object"), "any");
        assert_eq!(hint("None"), "none");
        assert_eq!(hint("collections.deque"), "deque");
        assert_eq!(hint("Literal['a', 'b']"), "str");
    }

    #[test]
    fn classes_have_bases_fields_and_decorators() {
        let source = "import dataclasses\n@dataclasses.dataclass(frozen=True)\nclass P(object):\n    \"\"\"A point.\"\"\"\n    x: int\n    y: int = 0\n\n    @staticmethod\n    def origin():\n        return P(0)\n";
        let StmtKind::Class(c) = last(source) else { panic!("no class") };
        assert!(c.bases.is_empty());
        assert_eq!(c.decorators[0].0, "dataclasses.dataclass");
        assert_eq!(c.decorators[0].1[0].0, "frozen");
        assert_eq!(c.doc.map(|d| d.text).as_deref(), Some("A point."));
        assert_eq!(c.body.len(), 3);
        let StmtKind::Function(f) = &c.body[2].kind else { panic!("no method") };
        assert_eq!(f.decorators, ["staticmethod"]);
    }
}

mod docs {
    use super::*;

    #[test]
    fn examples_are_set_apart() {
        let f = function(
            "def f(x):\n    \"\"\"Double.\n\n    Examples:\n        >>> f(2)\n        4\n        >>> f(\n        ...     -1)\n        Traceback (most recent call last):\n            ...\n        ValueError: negative\n\n    More.\n    \"\"\"\n    return 2 * x\n",
        );
        let doc = f.doc.expect("documented");
        assert_eq!(doc.text, "Double.\n\nMore.");
        assert_eq!(doc.examples.len(), 2);
        assert_eq!(doc.examples[1].raises.as_deref(), Some("ValueError"));
    }

    #[test]
    fn examples_that_are_no_check_stay_text() {
        let f = function(
            "def f(x):\n    \"\"\"Do.\n\n    >>> y = f(2)\n    >>> f(y)\n    4\n    >>> print(f(1))\n    1\n    >>> unknown(1)\n    2\n    >>> f(3) # gives\n    three and more\n    \"\"\"\n    return x\n",
        );
        let doc = f.doc.expect("documented");
        assert!(doc.examples.is_empty());
        assert!(doc.text.ends_with("three and more"));
    }
}

mod tests_of_programs {
    use super::*;

    #[test]
    fn asserts_at_top_level_take_their_set_up_along() {
        let module = module(
            "LIMIT = 3\ndef f(x):\n    return x + LIMIT\n\ndata = [1, 2]\nassert f(1) == 4\nfor d in data:\n    assert f(d) > d\nassert LIMIT == 3\n",
        );
        assert_eq!(test_names(&module), ["asserts"]);
        assert_eq!(module.tests[0].body.len(), 4);
        assert_eq!(module.body.len(), 2);
    }

    #[test]
    fn check_is_about_the_function_it_is_called_with() {
        let source = "def helper(x):\n    return x\n\ndef f(x):\n    return helper(x)\n\ndef g(x):\n    return x\n\nMETADATA = {'author': 'me'}\n\ndef check(candidate):\n    # simple\n    assert candidate(1) == 1, 'one'\n";
        let called = module(&format!("{source}\ncheck(f)\n"));
        assert_eq!(test_names(&called), ["check"]);
        assert_eq!(called.body.len(), 3, "the description of the data set belongs to the tests");
        let used = crate::surface::names::used(&called.tests[0].body);
        assert!(used.contains("f") && !used.contains("candidate"));
        let uncalled = module(source);
        assert!(crate::surface::names::used(&uncalled.tests[0].body).contains("g"));
    }

    #[test]
    fn the_main_guard_keeps_only_its_checks() {
        let module = module(
            "def f(x):\n    return x\n\nif __name__ == '__main__':\n    import doctest\n    doctest.testmod()\n    print(f(2))\n    y = 3\n    assert f(y) == 3\n",
        );
        assert_eq!(module.body.len(), 1);
        assert_eq!(module.tests[0].body.len(), 2);
    }

    #[test]
    fn test_functions_are_tests_unless_they_are_the_program() {
        let module = module(
            "def f(x):\n    return x\n\ndef test_f():\n    assert f(1) == 1\n\ndef test_with(fixture):\n    assert f(fixture)\n\ndef test_even(n):\n    return n % 2 == 0\n\ndef main():\n    test_f()\n\nassert test_even(2)\nmain()\n",
        );
        assert_eq!(test_names(&module), ["test_f", "test_with", "asserts"]);
        assert_eq!(codes(&module), ["python.test-fixture"]);
        assert_eq!(module.body.len(), 2);
    }

    #[test]
    fn unittest_methods_become_plain_checks() {
        let module = module(
            "import unittest\ndef f(x):\n    return x\n\nclass TestF(unittest.TestCase):\n    def setUp(self):\n        self.one = 1\n    def test_f(self):\n        self.assertEqual(f(self.one), 1)\n        self.assertAlmostEqual(f(0.1), 0.1)\n        self.assertIn(1, [f(1)], 'message')\n        with self.assertRaises(ValueError):\n            f(2)\n        self.assertRaises(KeyError, f, 3)\n    def test_g(self):\n        self.assertRegex('a', 'b')\n        self.helper()\n    def helper(self):\n        pass\n",
        );
        assert_eq!(test_names(&module), ["test_f", "test_g"]);
        assert_eq!(module.tests[0].body.len(), 6);
        assert_eq!(asserts(&module), 5);
        assert_eq!(codes(&module), ["python.test-method", "python.test-method"]);
    }

    #[test]
    fn expected_exceptions_are_seen_in_try() {
        let source = |kind: &str| {
            format!(
                "def f(x):\n    return x\n\ndef test_f():\n    try:\n        f(1)\n        assert False\n    except {kind}:\n        pass\n"
            )
        };
        let expects =
            |kind: &str| matches!(module(&source(kind)).tests[0].body[0].kind, StmtKind::ExpectRaise { .. });
        assert!(expects("ValueError"));
        assert!(expects("(ValueError, KeyError)"));
        assert!(!expects("Exception"), "it would catch the failing assert too");
    }

    #[test]
    fn doctests_come_last_and_are_numbered() {
        let module = module(
            "def f(x):\n    \"\"\"F.\n\n    >>> f(1)\n    1\n    >>> f(2)\n    2\n    \"\"\"\n    return x\n\nassert f(3) == 3\n",
        );
        assert_eq!(test_names(&module), ["asserts", "doctest f 1", "doctest f 2"]);
    }

    #[test]
    fn doctests_are_counted_with_those_that_stay_text() {
        let module = module(
            "def f(x):\n    \"\"\"F.\n\n    >>> class A: pass\n    >>> print(f(1))\n    1\n    >>> f(2)\n    2\n    \"\"\"\n    return x\n",
        );
        assert_eq!(test_names(&module), ["doctest f 2", "doctest f 3"]);
    }

    #[test]
    fn examples_that_share_variables_are_one_test() {
        let module = module(
            "def f(x):\n    \"\"\"F.\n\n    >>> from math import inf\n    >>> xs = [1]\n    >>> f(xs)\n    [1]\n    >>> xs.append(2)\n    >>> f(xs)\n    [1, 2]\n    >>> ys = [inf]\n    >>> f(ys)\n    [1]\n    \"\"\"\n    return x\n",
        );
        assert_eq!(test_names(&module), ["doctest f 3 5", "doctest f 7"]);
        assert_eq!(module.tests[0].body.len(), 4);
    }

    #[test]
    fn every_check_of_an_example_is_an_assertion() {
        let module = module(
            "def f(x):\n    \"\"\"F.\n\n    >>> print(f(1), f(2))\n    7 9\n    >>> print(f(1), end='')\n    7\n    \"\"\"\n    return x\n",
        );
        assert_eq!(test_names(&module), ["doctest f 1"]);
        assert_eq!(module.tests[0].body.len(), 1);
    }

    #[test]
    fn functions_of_examples_are_part_of_every_session_that_uses_them() {
        let module = module(
            "def f(g):\n    \"\"\"F.\n\n    >>> twice = lambda x: 2 * x\n    >>> f(twice)\n    2\n    >>> y = f(twice)\n    >>> y\n    2\n    \"\"\"\n    return g(1)\n",
        );
        assert_eq!(test_names(&module), ["doctest f 2", "doctest f 4"]);
        assert_eq!(module.tests[0].body.len(), 2);
        assert_eq!(module.tests[1].body.len(), 3);
    }
}

mod robustness {
    use super::*;
    use proptest::prelude::*;

    const SAMPLE: &str = "import math\nfrom typing import List\n\n# A comment.\ndef f(xs: List[int], k=1):\n    \"\"\"Doc.\n\n    >>> f([1])\n    2\n    \"\"\"\n    total = 0\n    for i, x in enumerate(xs):\n        if x > k and not x % 2:\n            total += x ** 2\n        elif x in {1: 'a', 2: f\"{x:>3}\"}:\n            continue\n    return [t for t in range(total)][::-1] or math.sqrt(k)\n\nclass C:\n    def m(self):\n        try:\n            return self.x\n        except ValueError as e:\n            raise\n\nassert f([1, 2]) == [3, 2, 1, 0]\n";

    proptest! {
        #[test]
        fn any_text_gives_a_module_or_a_rejection(text in "\\PC{0,200}") {
            let _ = parse("any", &text);
        }

        #[test]
        fn any_mixture_of_tokens_gives_a_module_or_a_rejection(
            tokens in proptest::collection::vec(proptest::sample::select(vec![
                "def ", "f", "(", ")", ":", "\n", "    ", "x", "=", "[", "]", "{", "}", "'", "\"\"\"", "f'", ",",
                "if ", "else", "lambda ", "*", "**", "for ", " in ", "return ", "# c", "1", "0x", "\\", "class ",
                "try:", "except ", "match ", "case ", "_", "with ", "assert ", ">>> ", "\t", "\r\n", "é", ".",
            ]), 0..60)
        ) {
            let _ = parse("any", &tokens.concat());
        }

        #[test]
        fn a_damaged_program_gives_a_module_or_a_rejection(
            at in 0..SAMPLE.len(), length in 0usize..12, by in "[ -~\n]{0,4}"
        ) {
            let end = (at + length).min(SAMPLE.len());
            let _ = parse("any", &format!("{}{by}{}", &SAMPLE[..at], &SAMPLE[end..]));
        }
    }
}
