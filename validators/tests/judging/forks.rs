//! The fork server of CPython: it says what a process alone would say, or nothing.

use grammars::LangId;
use serde_json::json;
use validators::Verdict;
use validators::oracle::{Answer, Source};

const TWICE: &str = "def twice(x):\n    return 2 * x\n\n";

/// The server's answer about the tests of `text`; `None` also where the machine cannot have a server.
fn ask(text: &str) -> Option<Answer> {
    let request = json!({ "kind": "tests", "text": text, "name": "twice", "entry_point": "" });
    crate::support::ladder("python")?.ask(&LangId::PYTHON, request).expect("a working machine")
}

fn source(text: &str) -> Source {
    Source { lang: LangId::PYTHON, name: "twice".to_owned(), text: text.to_owned(), entry_point: None }
}

#[test]
fn answers_as_a_process_alone_does() {
    let Some(ladder) = crate::support::ladder("python") else { return };
    for tests in [
        "assert twice(2) == 4\n",
        "assert twice(2) == 5\n",
        "assert twice(None) == 5\n",
        "def check(candidate):\n    assert candidate(2) == 4\n",
        "def test_two():\n    assert twice(2) == 4\n\n\ndef test_three():\n    raise ValueError('ä\"\\n')\n",
        "def deep(n):\n    return 1 + deep(n + 1)\n\nassert deep(0)\n",
        "import sys\nsys.exit(0)\n",
        "print('x' * 1_000_000)\nassert True\n",
        "assert [*{'b', 'a', 'c'}] == 0, [*{'b', 'a', 'c'}]\n",
        "def broken(:\n",
    ] {
        let text = format!("{TWICE}{tests}");
        // A busy machine may have no answer once, not always.
        assert!((0..3).any(|_| ask(&text).is_some()), "the server has no answer to\n{text}");
        let warm = ladder.consult(&source(&text)).expect("a working machine");
        let alone = ladder.consult_alone(&source(&text)).expect("a working machine");
        assert_eq!((warm.cases, warm.verdict), (alone.cases, alone.verdict), "{text}");
    }
}

#[test]
fn says_nothing_about_what_reaches_for_its_surroundings() {
    for reaching in [
        "import os",
        "import subprocess",
        "import gc",
        "import random\nrandom._os.getpid()",
        "import statistics\nstatistics.sys.modules",
        "from statistics import sys",
        "import sys\nsys.modules",
        "import sys\nsys._getframe",
        "import unittest\nunittest.TestCase.debug = lambda self: None",
        "import json\nsetattr(json, 'dumps', None)",
        "open('/tmp/left', 'w')",
        "eval('1')",
        "().__class__.__base__.__subclasses__()",
        "(lambda: 0).__globals__",
        "import operator\noperator.attrgetter('__globals__')",
    ] {
        let text = format!("{TWICE}{reaching}\nassert twice(2) == 4\n");
        assert_eq!(ask(&text), None, "{text}");
    }
}

#[test]
fn says_nothing_about_what_does_not_end_well() {
    for end in [
        "while True:\n    pass\n",
        "x = 'x'\nwhile True:\n    x += x\n",
        "def f():\n    f()\n\nassert f\nx = [[]]\nfor i in range(10**7):\n    x = [x]\n",
    ] {
        assert_eq!(ask(&format!("{TWICE}{end}")), None, "{end}");
    }
    assert!(ask(TWICE).is_some() || crate::support::ladder("python").is_none(), "the server is not harmed");
}

#[test]
fn no_process_shows_the_seal_to_its_source() {
    let Some(ladder) = crate::support::ladder("python") else { return };
    let forgery = "import __main__, os, sys\n\nseen = open('/proc/self/cmdline').read() + open('/proc/self/environ').read()\nseen += \
                   str(sys.argv) + str(dict(os.environ)) + str(vars(__main__))\nassert 'sealed' not in seen, seen\n";
    let report = ladder.consult(&source(forgery)).expect("a working machine");
    assert!(report.accepts(), "{report:#?}");
    for forged in [
        "print('sealed')\nimport os\nos._exit(0)\n",
        "import os\nfor d in range(3, 9):\n    try:\n        os.write(d, b'\\nsealed\\n')\n    except OSError:\n        pass\nos._exit(0)\n",
    ] {
        let report = ladder.consult(&source(&format!("{TWICE}{forged}"))).expect("a working machine");
        assert_eq!(report.verdict, Verdict::Crash, "{report:#?}");
    }
}
