"""Makes a Python program tell what its values are, without changing what it does.

Every call, operation, comprehension and literal is passed through `_calque_value`, which notes integers beyond 64 bits,
text outside of ASCII and the largest text and container, and counts: a program that takes too many steps is stopped at
the same place on every machine. Every statement of a function, and every condition, is noted when it is reached.
"""

import ast

WIDE_LOW, WIDE_HIGH = -(2**63), 2**63 - 1


class OutOfSteps(BaseException):
    """The call takes too long to be of use."""


class Watch:
    """What was seen since the last `reset`, and all that was ever reached."""

    def __init__(self, steps):
        self.steps = steps
        self.reached = set()
        self.reset()

    def reset(self):
        self.count = 0
        self.wide = False
        self.ascii = True
        self.text = 0
        self.items = 0

    def tick(self):
        self.count += 1
        if self.count > self.steps:
            raise OutOfSteps

    def look(self, value):
        kind = type(value)
        if kind is int:
            if not WIDE_LOW < value <= WIDE_HIGH:
                self.wide = True
        elif kind is str:
            if len(value) > self.text:
                self.text = len(value)
            if not value.isascii():
                self.ascii = False
        elif kind in (list, dict, set, tuple, frozenset):
            if len(value) > self.items:
                self.items = len(value)

    def look_deep(self, value, depth=0):
        self.look(value)
        if depth > 40:
            return
        if isinstance(value, dict):
            for key, item in value.items():
                self.look_deep(key, depth + 1)
                self.look_deep(item, depth + 1)
        elif isinstance(value, (list, tuple, set, frozenset)):
            for item in value:
                self.look_deep(item, depth + 1)

    def value(self, value):
        self.tick()
        self.look(value)
        return value

    def method(self, value, owner):
        """The value of a method's call; its owner may have grown."""
        self.tick()
        self.look(value)
        self.look(owner)
        return value

    def statement(self, number):
        self.tick()
        self.reached.add(number)

    def branch(self, number, value):
        holds = True if value else False
        self.reached.add((number, holds))
        return holds


class Instrumenter(ast.NodeTransformer):
    """Rewrites a tree; afterwards `lines` and `branches` are what can be reached in `functions`."""

    def __init__(self, is_program):
        self.is_program = is_program
        self.lines = set()
        self.branches = set()
        self.depth = 0

    def seen(self, node, function="_calque_value", *more):
        call = ast.Call(ast.Name(function, ast.Load()), [node, *more], [])
        return ast.copy_location(call, node)

    def generic_value(self, node):
        return self.seen(self.generic_visit(node))

    visit_BinOp = visit_UnaryOp = visit_JoinedStr = visit_DictComp = generic_value
    visit_List = visit_Tuple = lambda self, node: (
        self.generic_value(node) if isinstance(node.ctx, ast.Load) else self.generic_visit(node)
    )

    def visit_ListComp(self, node):
        """What a comprehension makes is counted item by item."""
        self.generic_visit(node)
        node.elt = self.seen(node.elt)
        return node if isinstance(node, ast.GeneratorExp) else self.seen(node)

    visit_SetComp = visit_GeneratorExp = visit_ListComp

    def visit_Subscript(self, node):
        # Slices among the indices are no values.
        node.value = self.visit(node.value)
        node.slice = self.generic_visit(node.slice) if isinstance(node.slice, ast.Tuple) else self.visit(node.slice)
        return node

    def visit_FormattedValue(self, node):
        # The format of a value is text of its own, but no expression.
        node.value = self.visit(node.value)
        return node

    def visit_Call(self, node):
        func = node.func
        self.generic_visit(node)
        if isinstance(func, ast.Attribute) and isinstance(func.value, ast.Name):
            return self.seen(node, "_calque_method", ast.copy_location(ast.Name(func.value.id, ast.Load()), node))
        return self.seen(node)

    def visit_match_case(self, node):
        # Patterns look like expressions and are none.
        node.guard = self.visit(node.guard) if node.guard else None
        node.body = self.block(node.body)
        return node

    def visit_AnnAssign(self, node):
        node.value = self.visit(node.value) if node.value else None
        return node

    def visit_arg(self, node):
        return node

    def visit_FunctionDef(self, node):
        node.decorator_list = [self.visit(d) for d in node.decorator_list]
        node.args = self.visit(node.args)
        counted = self.depth > 0 or self.is_program(node)
        self.depth += counted
        node.body = self.block(node.body)
        self.depth -= counted
        return node

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_ClassDef(self, node):
        counted = self.depth > 0 or self.is_program(node)
        self.depth += counted
        node.decorator_list = [self.visit(d) for d in node.decorator_list]
        node.body = [self.visit(s) for s in node.body]
        self.depth -= counted
        return node

    def condition(self, test):
        test = self.visit(test)
        if not self.depth or isinstance(test, ast.Constant):
            return test
        number = len(self.branches)
        self.branches |= {(number, True), (number, False)}
        call = ast.Call(ast.Name("_calque_branch", ast.Load()), [ast.Constant(number), test], [])
        return ast.copy_location(call, test)

    def visit_IfExp(self, node):
        node.test = self.condition(node.test)
        node.body, node.orelse = self.visit(node.body), self.visit(node.orelse)
        return node

    def visit_comprehension(self, node):
        node.iter = self.visit(node.iter)
        node.ifs = [self.condition(test) for test in node.ifs]
        return node

    def visit_If(self, node):
        node.test = self.condition(node.test)
        node.body, node.orelse = self.block(node.body), self.block(node.orelse)
        return node

    visit_While = visit_If

    def visit_For(self, node):
        node.iter = self.visit(node.iter)
        node.body, node.orelse = self.block(node.body), self.block(node.orelse)
        return node

    visit_AsyncFor = visit_For

    def visit_With(self, node):
        node.items = [self.visit(item) for item in node.items]
        node.body = self.block(node.body)
        return node

    visit_AsyncWith = visit_With

    def visit_Try(self, node):
        node.body, node.orelse = self.block(node.body), self.block(node.orelse)
        node.finalbody = self.block(node.finalbody)
        for handler in node.handlers:
            handler.body = self.block(handler.body)
        return node

    visit_TryStar = visit_Try

    def block(self, body):
        done = []
        for position, statement in enumerate(body):
            is_doc = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
            is_name = isinstance(statement, (ast.Global, ast.Nonlocal))
            if self.depth and not is_doc and not is_name:
                self.lines.add(statement.lineno)
                mark = ast.Call(ast.Name("_calque_statement", ast.Load()), [ast.Constant(statement.lineno)], [])
                done.append(ast.copy_location(ast.Expr(mark), statement))
            elif not is_doc and not is_name and position == 0:
                mark = ast.Call(ast.Name("_calque_tick", ast.Load()), [], [])
                done.append(ast.copy_location(ast.Expr(mark), statement))
            done.append(self.visit(statement))
        return done


def instrument(tree, watch, names, is_program):
    """The rewritten tree, with what it needs put into `names`; and the lines and branches of the program."""
    rewriter = Instrumenter(is_program)
    # At top level statements are not counted, but what they call is.
    tree.body = [rewriter.visit(s) for s in tree.body]
    names.update(
        _calque_value=watch.value,
        _calque_method=watch.method,
        _calque_statement=watch.statement,
        _calque_branch=watch.branch,
        _calque_tick=watch.tick,
    )
    return ast.fix_missing_locations(tree), rewriter.lines, rewriter.branches
