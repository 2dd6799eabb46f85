"""Answers requests, each in a process of its own that is forked off this one, in which the modules are loaded.

Requests and answers are JSON on standard input and output, each after its length in four bytes. A request holds:

    kind    what is asked, a key of HANDLERS
    text    the source
    cpu_ms, memory, output
            limits: CPU time, bytes in memory, bytes of reports
    ...     whatever the handler needs

and its answer `done` (the handler came to its end), `lines` (what it reported) and `cpu_ms`. A request that is not
done says nothing about the source: then it is for a process alone to decide.

Arguments: modules that are loaded beforehand, where they are there.
"""

import ast
import contextlib
import ctypes
import importlib
import json
import os
import random
import resource
import select
import signal
import sys
import time

import run_tests
import sharing

TICK_MS = 10
PR_SET_DUMPABLE = 4
PAGE = os.sysconf("SC_PAGE_SIZE")
# Exit code of a child that will not run its source beside others.
ALONE = 3


def handle_tests(request, reports):
    """The source's own tests, one report each."""
    text = request["text"].removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    run_tests.run(text, request["name"], request["entry_point"], reports)


# Each is called in a process of its own with the request and a descriptor to which it writes lines.
HANDLERS = {"tests": handle_tests}


def receive():
    """The next message; None when there are no more."""
    head = read_exactly(4)
    return head and json.loads(read_exactly(int.from_bytes(head, "little")))


def read_exactly(length):
    read = bytearray()
    while len(read) < length:
        part = os.read(0, length - len(read))
        if not part:
            return None
        read += part
    return bytes(read)


def send(message):
    message = len(message).to_bytes(4, "little") + message
    while message:
        message = message[os.write(1, message) :]


def serve():
    """Answers requests until there are no more. In the processes that it forks off it returns what they are to
    do: the request, the descriptor for reports, and the line that seals them."""
    # What the children run shall not reach into this process by /proc.
    ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    send(b"ready")
    while request := receive():
        reading, writing = os.pipe()
        seal = os.urandom(16).hex().encode()
        child = os.fork()
        if child == 0:
            os.close(reading)
            return request, writing, seal
        os.close(writing)
        send(json.dumps(watch(child, reading, request, seal)).encode())
    os._exit(0)


def watch(child, reading, request, seal):
    """Waits until the child ends or is at a limit; what it reported counts if its handler came to the end."""
    # A clock of another process, as the kernel numbers them.
    clock = (~child << 3) | 2
    ended = os.pidfd_open(child)
    poll = select.poll()
    poll.register(reading, select.POLLIN)
    poll.register(ended, select.POLLIN)
    written = bytearray()
    while True:
        ready = dict(poll.poll(TICK_MS))
        if reading in ready:
            part = os.read(reading, 1 << 16)
            written += part
            if not part:
                poll.unregister(reading)
        elif ended in ready:
            break
        if len(written) > request["output"] or resident(child) > request["memory"] or cpu_ms(clock) > request["cpu_ms"]:
            os.kill(child, signal.SIGKILL)
            written.clear()
            poll.poll()
            break
    _, status, used = os.wait4(child, 0)
    os.close(reading)
    os.close(ended)
    lines = written.split(b"\n")
    done = status == 0 and lines[-2:] == [seal, b""]
    return {
        "done": done,
        "lines": [line.decode("utf-8", "replace") for line in lines[:-2]] if done else [],
        "cpu_ms": round(1000 * (used.ru_utime + used.ru_stime)),
    }


def resident(child):
    with contextlib.suppress(OSError, IndexError), open(f"/proc/{child}/statm") as file:
        return PAGE * int(file.read().split()[1])
    return 0


def cpu_ms(clock):
    with contextlib.suppress(OSError):
        return 1000 * time.clock_gettime(clock)
    return 0


def limit(request):
    """What a process may use that runs a source. It may start no other, write no file, and print nowhere."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in range(3):
        os.dup2(nowhere, descriptor)
    os.close(nowhere)
    for name, most in [
        (resource.RLIMIT_CPU, 2 + request["cpu_ms"] // 1000),
        (resource.RLIMIT_DATA, 2 * request["memory"]),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 64),
    ]:
        resource.setrlimit(name, (most, most))


def answer(request, reports, seal, leave=os._exit, write=os.write):
    limit(request)
    try:
        may_share = sharing.may_share(ast.parse(request["text"].removeprefix("\ufeff")))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        may_share = True
    if not may_share:
        leave(ALONE)
    random.seed()
    HANDLERS[request["kind"]](request, reports)
    write(reports, seal + b"\n")
    leave(0)


for module in sys.argv[1:]:
    with contextlib.suppress(ImportError):
        importlib.import_module(module)
del sys.argv[1:]
# The folder of these files is not for sources to import from.
del sys.path[0]
# A program can raise in this module's last call, never return from it.
answer(*serve())
