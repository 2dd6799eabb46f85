"""Runs the tests that a Python file holds and reports each as a line of JSON.

The names of the tests are those of the front end: `asserts`, `check`, `test_…`, `doctest FUNCTION NUMBER`.

As a command it runs those of `source.py` and reports on standard output. Arguments: the name under which
the file is known, and the function to check ("" for the last one). The line that proves that the end was
reached is in the environment.
"""

import ast
import doctest
import inspect
import os
import sys
import traceback
import types
import unittest
from _json import encode_basestring_ascii

PATH = "source.py"
# What is run, set by `run`.
NAME = ENTRY_POINT = ""
REPORTS = 1


# What it needs is bound here and now: the program may bind the names to something else.
def report(case, status, detail="", *, quote=encode_basestring_ascii, write=os.write, str=str):
    line = '{"case": %s, "status": %s, "detail": %s}\n' % (quote(case), quote(status), quote(str(detail)))
    line = line.encode("ascii")
    while line:
        line = line[write(REPORTS, line) :]


def describe(error):
    lines = traceback.format_exception_only(type(error), error)
    place = next((f.lineno for f in reversed(traceback.extract_tb(error.__traceback__)) if f.filename == PATH), None)
    return lines[-1].strip() + (f" (line {place})" if place else "")


def attempt(case, test):
    """Runs one test; a check that fails is told from one that cannot be made."""
    try:
        test()
    except unittest.SkipTest:
        return
    except AssertionError as error:
        report(case, "failed", describe(error))
    except BaseException as error:
        report(case, "crashed", describe(error))
    else:
        report(case, "ok")


def is_main_guard(statement):
    return isinstance(statement, ast.If) and any(
        isinstance(node, ast.Name) and node.id == "__name__" for node in ast.walk(statement.test)
    )


def has_assert(statement):
    """Below functions and classes there are other tests, not those of the top level."""
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return False
    return any(isinstance(node, ast.Assert) for node in ast.walk(statement))


def calls(statement, name):
    return any(
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name
        for node in ast.walk(statement)
    )


def stand_in_for_pytest():
    """The two names of pytest that plain test functions use; it need not be installed."""

    class Raises:
        def __init__(self, expected, match=None):
            self.expected = expected

        def __enter__(self):
            return self

        def __exit__(self, kind, value, trace):
            assert kind is not None, f"{self.expected} was not raised"
            return issubclass(kind, self.expected)

    class Approx:
        def __init__(self, expected, rel=1e-6, abs=1e-12):
            self.expected, self.rel, self.abs = expected, rel, abs

        def __eq__(self, actual):
            return abs(actual - self.expected) <= max(self.rel * abs(self.expected), self.abs)

    stand_in = types.ModuleType("pytest")
    stand_in.raises, stand_in.approx, stand_in.main = Raises, Approx, lambda *args, **kwargs: 0
    return stand_in


def load(tree):
    """Executes the file, with its main guard only if that holds tests. Returns the module, or None."""
    guards = [s for s in tree.body if is_main_guard(s)]
    guarded = any(has_assert(s) or calls(s, "check") for s in guards)
    module = types.ModuleType("__main__" if guarded else NAME)
    module.__file__ = PATH
    sys.modules[module.__name__] = module
    sys.modules.setdefault("pytest", stand_in_for_pytest())
    unittest.main = doctest.testmod = lambda *args, **kwargs: None
    executed = [s for s in tree.body if guarded or s not in guards]
    try:
        exec(compile(tree, PATH, "exec"), module.__dict__)
    except BaseException as error:
        if isinstance(error, SystemExit) and not error.code:
            pass
        else:
            in_check = any(f.name == "check" and f.filename == PATH for f in traceback.extract_tb(error.__traceback__))
            status = "failed" if isinstance(error, AssertionError) else "crashed"
            report("check" if in_check else "asserts", status, describe(error))
            return None
    if any(has_assert(s) for s in executed):
        report("asserts", "ok")
    if any(calls(s, "check") for s in executed if not isinstance(s, (ast.FunctionDef, ast.ClassDef))):
        report("check", "ok")
    return module


def function_to_check(module, functions):
    if ENTRY_POINT:
        return getattr(module, ENTRY_POINT, None)
    program = [f for f in functions if f.name != "check" and not f.name.startswith("test")]
    return getattr(module, program[-1].name, None) if program else None


def run_check(module, tree, functions):
    """`check(candidate)`, where the file does not call it itself."""
    if not any(f.name == "check" and len(f.args.args) == 1 for f in functions):
        return
    if any(calls(s, "check") for s in tree.body if not isinstance(s, (ast.FunctionDef, ast.ClassDef))):
        return
    function = function_to_check(module, functions)
    if function is not None:
        attempt("check", lambda: module.check(function))


def run_test_class(test_class):
    for name in unittest.defaultTestLoader.getTestCaseNames(test_class) if is_unittest(test_class) else plain(test_class):

        def test():
            if is_unittest(test_class):
                test_class(name).debug()
            else:
                instance = test_class()
                getattr(instance, "setup_method", lambda: None)()
                getattr(instance, name)()

        attempt(name, test)


def is_unittest(test_class):
    return issubclass(test_class, unittest.TestCase)


def plain(test_class):
    """The tests of a class as pytest takes it."""
    return [name for name in vars(test_class) if name.startswith("test")] if test_class.__name__.startswith("Test") else []


def run_docstring(module, name, docstring):
    try:
        examples = doctest.DocTestParser().get_examples(docstring or "", name)
    except ValueError:
        return
    names = dict(module.__dict__)
    for number, example in enumerate(examples, 1):
        outcome = run_example(example, names)
        if outcome is not None:
            report(f"doctest {name} {number}", *outcome)


def run_example(example, names):
    """Status and detail; None for an example that promises no value."""
    try:
        code = compile(example.source, "<doctest>", "eval")
    except SyntaxError:
        code = None
    try:
        if code is None:
            exec(compile(example.source, "<doctest>", "exec"), names)
            return None
        value = eval(code, names)
    except BaseException as error:
        if example.exc_msg is None:
            return "crashed", describe(error)
        promised = example.exc_msg.split(":")[0].strip().rsplit(".")[-1]
        raised = type(error).__name__
        return ("ok",) if promised == raised else ("failed", f"raises {raised}, not {promised}")
    if example.exc_msg is not None:
        return "failed", "nothing is raised"
    if not example.want or value is None:
        return None
    return ("ok",) if matches(value, example.want.strip(), names) else ("failed", f"is {value!r}, not {example.want.strip()}")


def matches(value, want, names):
    if repr(value) == want:
        return True
    try:
        return bool(value == eval(want, dict(names)))
    except Exception:
        return False


def run_doctests(module, tree):
    run_docstring(module, NAME, ast.get_docstring(tree))
    for definition in tree.body:
        if isinstance(definition, (ast.FunctionDef, ast.ClassDef)):
            run_docstring(module, definition.name, ast.get_docstring(definition))
        if isinstance(definition, ast.ClassDef):
            for method in definition.body:
                if isinstance(method, ast.FunctionDef):
                    run_docstring(module, f"{definition.name}.{method.name}", ast.get_docstring(method))


def run(text, name, entry_point, reports):
    """Runs the tests in `text` and reports on the descriptor `reports`."""
    global NAME, ENTRY_POINT, REPORTS
    NAME, ENTRY_POINT, REPORTS = name, entry_point, reports
    try:
        tree = ast.parse(text, PATH)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        report("syntax", "crashed", describe(error))
        return
    module = load(tree)
    if module is None:
        return
    functions = [s for s in tree.body if isinstance(s, ast.FunctionDef)]
    run_check(module, tree, functions)
    for function in functions:
        if function.name.startswith("test") and not function.args.args and hasattr(module, function.name):
            attempt(function.name, getattr(module, function.name))
    for definition in tree.body:
        test_class = getattr(module, definition.name, None) if isinstance(definition, ast.ClassDef) else None
        if inspect.isclass(test_class):
            run_test_class(test_class)
    run_doctests(module, tree)


def take_from_environment(name):
    """The value of a variable, of which then nothing is left that the program could read."""
    import ctypes

    value = os.environ.pop(name).encode()
    start, size = environment_of_this_process()
    at = ctypes.string_at(start, size).find(value)
    ctypes.memset(start + at, 0, len(value))
    return value


def environment_of_this_process():
    """Where `/proc/self/environ` is in memory, and its length: fields 50 and 51 of `/proc/self/stat`."""
    with open("/proc/self/stat") as file:
        fields = file.read().rpartition(")")[2].split()
    start, end = int(fields[47]), int(fields[48])
    return start, end - start


def alone(write=os.write, leave=os._exit):
    seal = take_from_environment("CALQUE_SEAL")
    name, entry_point = sys.argv[1:]
    del sys.argv[1:]
    # The folder of these files is not for sources to import from.
    del sys.path[0]
    # What the program prints goes nowhere; the reports have a descriptor of their own.
    reports = os.dup(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    with open(PATH, encoding="utf-8-sig") as file:
        text = file.read()
    run(text, name, entry_point, reports)
    write(reports, seal + b"\n")
    # What the program has left behind, threads and exit handlers, has no say any more.
    leave(0)


if __name__ == "__main__":
    alone()
