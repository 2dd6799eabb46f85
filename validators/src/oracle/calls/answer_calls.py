"""Calls functions of a Python file and says what they return, one line of JSON for each call.

Arguments: the file, the name under which it is known, the file with the calls, and the line that proves that
the end was reached. Values are encoded as `validators::agreement::value` says.
"""

import ast
import copy
import json
import os
import select
import signal
import struct
import sys
import types

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from instrument import OutOfSteps, Watch, instrument

PATH, NAME, CALLS, SEAL = sys.argv[1:]
del sys.argv[1:]
# What the program prints goes nowhere; the answers have a descriptor of their own.
ANSWERS = os.fdopen(os.dup(1), "w")
os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
# CPU seconds of one call. It counts only for what one operation of the language can take, since steps are
# counted too.
SECONDS = 1.0
# Values larger than this are of no use as literals.
LARGEST = 2000


class Unencodable(Exception):
    pass


def encode(value, room=None, depth=0):
    room = [LARGEST] if room is None else room
    room[0] -= 1
    if room[0] < 0 or depth > 20:
        return ["?", "too large"]
    kind = type(value)
    within = lambda items: [encode(item, room, depth + 1) for item in items]
    if value is None:
        return ["n"]
    if kind is bool:
        return ["b", value]
    if kind is int:
        return ["i", str(value)] if value.bit_length() < 4000 else ["?", "too large"]
    if kind is float:
        return ["f", struct.pack(">d", value).hex()]
    if kind is str:
        room[0] -= len(value)
        return ["s", [ord(c) for c in value]] if room[0] >= 0 else ["?", "too large"]
    if kind is list or kind.__name__ == "deque":
        return ["l", within(value)]
    if kind is tuple:
        return ["t", within(value)]
    if kind in (set, frozenset):
        return ["S", sorted(within(value), key=json.dumps)]
    if isinstance(value, dict):
        return ["d", [within(pair) for pair in value.items()]]
    if kind.__module__ == NAME:
        if hasattr(value, "_fields"):
            return ["o", kind.__name__, [[f, encode(getattr(value, f), room, depth + 1)] for f in value._fields]]
        if hasattr(value, "__dict__") and not isinstance(value, (type, int, str, list, tuple)):
            return ["o", kind.__name__, [[f, encode(v, room, depth + 1)] for f, v in vars(value).items()]]
    return ["?", kind.__name__]


def decode(code, module):
    tag = code[0]
    within = lambda items: [decode(item, module) for item in items]
    if tag == "n":
        return None
    if tag == "b":
        return code[1]
    if tag == "i":
        return int(code[1])
    if tag == "f":
        return struct.unpack(">d", bytes.fromhex(code[1]))[0]
    if tag == "s":
        return "".join(map(chr, code[1]))
    if tag == "l":
        return within(code[1])
    if tag == "t":
        return tuple(within(code[1]))
    if tag == "S":
        return set(within(code[1]))
    if tag == "d":
        return dict(within(pair) for pair in code[1])
    if tag == "o":
        return getattr(module, code[1])(*[decode(value, module) for _, value in code[2]])
    raise Unencodable(tag)


def load(path, watch):
    with open(path, encoding="utf-8-sig") as file:
        tree = ast.parse(file.read(), path)
    module = types.ModuleType(NAME)
    module.__file__ = path
    sys.modules[NAME] = module
    raising = {n.lineno for n in ast.walk(tree) if isinstance(n, (ast.Raise, ast.Assert))}
    is_program = lambda node: not node.name.startswith("test") and node.name != "check"
    tree, _, _ = instrument(tree, watch, module.__dict__, is_program)
    exec(compile(tree, path, "exec"), module.__dict__)
    return module, raising


def raised(error, raising):
    """How the call failed: the classes of the error, and whether the program says `raise` where it arose."""
    trace, line = error.__traceback__, None
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == PATH:
            line = trace.tb_lineno
        trace = trace.tb_next
    return {"raises": [k.__name__ for k in type(error).__mro__], "explicit": line in raising}


def call(module, raising, watch, question):
    function = getattr(module, question["function"], None)
    if not callable(function):
        return {"refused": "there is no such function"}
    args = [decode(arg, module) for arg in question["args"]]
    named = {name: decode(arg, module) for name, arg in question["named"]}
    watch.reset()
    for arg in [*args, *named.values()]:
        watch.look_deep(arg)
    before = [encode(arg) for arg in args]
    try:
        value = function(*args, **named)
    except OutOfSteps:
        return {"refused": "it takes too many steps"}
    except (RecursionError, MemoryError) as error:
        return {"refused": type(error).__name__}
    except Exception as error:
        answer = raised(error, raising)
    except BaseException as error:
        return {"refused": type(error).__name__}
    else:
        watch.look_deep(value)
        answer = {"value": encode(value)}
    after = [encode(arg) for arg in args]
    answer["after"] = after if after != before else None
    answer.update(wide=watch.wide, ascii=watch.ascii, text=watch.text, items=watch.items)
    return answer


def work(module, raising, watch, questions, order, out):
    for number in order:
        signal.setitimer(signal.ITIMER_PROF, SECONDS)
        answer = call(module, raising, watch, questions[number])
        signal.setitimer(signal.ITIMER_PROF, 0)
        os.write(out, (json.dumps([number, answer]) + "\n").encode())


def supervise(module, raising, watch, questions, order):
    """Answers in a child; one that does not come back is replaced, and its call left unanswered."""
    while order:
        ours, theirs = os.pipe()
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGPROF, signal.SIG_DFL)
            try:
                work(module, raising, watch, questions, order, theirs)
            finally:
                os._exit(0)
        os.close(theirs)
        answered = 0
        with os.fdopen(ours) as lines:
            for line in lines:
                if not line.endswith("\n"):
                    break
                print(line.strip(), file=ANSWERS, flush=True)
                answered += 1
        os.waitpid(child, 0)
        order = order[answered:]
        if order:
            print(json.dumps([order[0], {"refused": "it does not end"}]), file=ANSWERS, flush=True)
            order = order[1:]


def main():
    with open(CALLS, encoding="utf-8") as file:
        asked = json.load(file)
    watch = Watch(asked["load_steps"])
    module, raising = load(PATH, watch)
    watch.steps = asked["steps"]
    order = list(range(len(asked["calls"])))
    if asked["reverse"]:
        order.reverse()
    supervise(module, raising, watch, asked["calls"], order)


main()
print(SEAL, file=ANSWERS, flush=True)
os._exit(0)
