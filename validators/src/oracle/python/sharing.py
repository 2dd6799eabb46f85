"""Which sources may run in a process that is forked off another: those that can reach neither what judges them
nor the process that they come from, as their text shows.

A list of what is allowed; whatever is not on it is judged in a sandbox alone, which costs time only.
"""

import ast
import sys

MODULES = frozenset(
    """__future__ abc array bisect calendar cmath collections collections.abc copy dataclasses datetime decimal
    doctest enum fractions functools hashlib heapq itertools json math numbers numpy operator pytest queue random re
    statistics string sys textwrap time typing unicodedata unittest""".split()
)
# What programs take from `sys` without harm.
SYS = frozenset(
    "argv byteorder exit float_info getrecursionlimit getsizeof hash_info int_info intern maxsize maxunicode setrecursionlimit version version_info".split()
)
# Built-in functions that run text, reach names by strings, or read and write.
BUILT_IN = frozenset(
    "__builtins__ __import__ __loader__ __spec__ breakpoint compile delattr eval exec getattr globals help input locals open setattr vars".split()
)
# Names of what leads out of a module or an object, wherever they come from.
ATTRIBUTES = frozenset(
    """attrgetter ctypeslib cr_frame f_back f_builtins f_globals f_locals fromfile gi_frame load memmap methodcaller
    mock modules save savetxt stderr stdin stdout tb_frame testing tofile""".split()
)
# What the runner of tests calls, and programs may not set.
CALLED = frozenset("debug defaultTestLoader extract_tb format_exception_only get_examples getTestCaseNames".split())
# Modules that others import under their own names, as in `statistics.sys`.
LEAKED = (frozenset(sys.stdlib_module_names) - MODULES) | {"sys"}
# The special names that programs define and call; all others lead into the interpreter.
SPECIAL = frozenset(
    """__abs__ __add__ __all__ __and__ __annotations__ __bool__ __call__ __class__ __contains__ __copy__ __deepcopy__
    __delitem__ __doc__ __enter__ __eq__ __exit__ __file__ __float__ __floordiv__ __format__ __ge__ __getitem__ __gt__
    __hash__ __iadd__ __imul__ __index__ __init__ __int__ __invert__ __isub__ __iter__ __le__ __len__ __lshift__ __lt__
    __main__ __matmul__ __missing__ __mod__ __mul__ __name__ __ne__ __neg__ __next__ __or__ __pos__ __post_init__
    __pow__ __qualname__ __radd__ __repr__ __reversed__ __rmul__ __round__ __rshift__ __rsub__ __rtruediv__ __setitem__
    __slots__ __str__ __sub__ __truediv__ __version__ __xor__""".split()
)


def is_special(name):
    return name.startswith("__") and name.endswith("__")


def may_share(tree):
    imported = set()
    for node in ast.walk(tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            imported |= {(alias.asname or alias.name).split(".")[0] for alias in node.names}
    return all(is_harmless(node, imported) for node in ast.walk(tree))


def is_harmless(node, imported):
    if isinstance(node, ast.Import):
        return all(alias.name in MODULES for alias in node.names)
    if isinstance(node, ast.ImportFrom):
        names = [alias.name for alias in node.names]
        return node.level == 0 and node.module in MODULES and all(is_harmless_part(node.module, name) for name in names)
    if isinstance(node, ast.Name):
        return node.id not in BUILT_IN and (not is_special(node.id) or node.id in SPECIAL)
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return not is_special(node.name) or node.name in SPECIAL
    if isinstance(node, ast.Attribute):
        return is_harmless_attribute(node, imported)
    return True


def is_harmless_part(module, name):
    """Whether `name` may be imported from a module, or asked of it."""
    if module == "sys":
        return name in SYS
    return name == "annotations" or not (name.startswith("_") or name in LEAKED or name in ATTRIBUTES)


def is_harmless_attribute(node, imported):
    base = root(node)
    if not isinstance(node.ctx, ast.Load) and (base in imported or node.attr in CALLED):
        # What a module holds is not for the program to change.
        return False
    if isinstance(node.value, ast.Name) and base in imported:
        return is_harmless_part(base, node.attr)
    if isinstance(node.value, ast.Name) and base == "self":
        return not is_special(node.attr) or node.attr in SPECIAL
    return node.attr not in ATTRIBUTES | LEAKED and (not is_special(node.attr) or node.attr in SPECIAL)


def root(node):
    """The name that a chain of attributes starts with; None where it starts with something else."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None
