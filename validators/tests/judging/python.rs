//! Python sources whose own tests hold, and those whose do not.

use grammars::LangId;
use validators::Verdict;
use validators::oracle::{Report, Source, Status};

fn consult(text: &str, entry_point: Option<&str>) -> Option<Report> {
    let source = Source {
        lang: LangId::PYTHON,
        name: "twice".to_owned(),
        text: text.to_owned(),
        entry_point: entry_point.map(str::to_owned),
    };
    Some(crate::support::ladder("python")?.consult(&source).expect("a working machine"))
}

/// Asserts the tests and what came out of each.
fn expect(text: &str, cases: &[(&str, Status)]) {
    let Some(report) = consult(text, None) else { return };
    let found: Vec<_> = report.cases.iter().map(|case| (case.name.as_str(), case.status)).collect();
    assert_eq!((found.as_slice(), report.verdict), (cases, Verdict::Ok), "{report:#?}\n{text}");
}

fn expect_stopped(text: &str, verdict: Verdict) {
    let Some(report) = consult(text, None) else { return };
    assert_eq!(report.verdict, verdict, "{report:#?}\n{text}");
    assert!(!report.accepts() && !report.complaint().is_empty());
}

const TWICE: &str = "def twice(x):\n    return 2 * x\n\n";

#[test]
fn runs_asserts() {
    expect(&format!("{TWICE}assert twice(2) == 4\n"), &[("asserts", Status::Ok)]);
    expect(&format!("{TWICE}assert twice(2) == 5\n"), &[("asserts", Status::Failed)]);
    expect(&format!("{TWICE}assert twice(None) == 5\n"), &[("asserts", Status::Crashed)]);
    expect(
        &format!("{TWICE}if __name__ == '__main__':\n    assert twice(2) == 5\n"),
        &[("asserts", Status::Failed)],
    );
}

#[test]
fn leaves_a_main_guard_without_tests_alone() {
    expect(&format!("{TWICE}if __name__ == '__main__':\n    print(twice(int(input())))\n"), &[]);
}

#[test]
fn runs_check_functions() {
    let check = "def check(candidate):\n    assert candidate(2) == 4\n\n";
    expect(&format!("{TWICE}{check}check(twice)\n"), &[("check", Status::Ok)]);
    expect(&format!("{TWICE}{check}"), &[("check", Status::Ok)]);
    expect(&format!("def twice(x):\n    return x\n\n{check}check(twice)\n"), &[("check", Status::Failed)]);
    let report = consult(&format!("{TWICE}def other(x):\n    return 0\n\n{check}"), Some("twice"));
    assert!(report.is_none_or(|report| report.accepts()));
}

#[test]
fn runs_test_functions_and_classes() {
    expect(
        &format!(
            "import unittest\nimport pytest\n\n{TWICE}def test_two():\n    assert twice(2) == 4\n\n\ndef test_three():\n    assert \
             twice(3) == 7\n\n\ndef test_error():\n    with pytest.raises(TypeError):\n        twice(None)\n\n\nclass \
             TwiceTest(unittest.TestCase):\n    def setUp(self):\n        self.two = 2\n\n    def test_method(self):\n        \
             self.assertEqual(twice(self.two), 4)\n\n    def test_other(self):\n        self.assertEqual(twice(1), \
             3)\n\n\nif __name__ == '__main__':\n    unittest.main()\n"
        ),
        &[
            ("test_two", Status::Ok),
            ("test_three", Status::Failed),
            ("test_error", Status::Ok),
            ("test_method", Status::Ok),
            ("test_other", Status::Failed),
        ],
    );
}

#[test]
fn judges_examples_in_documentation_one_by_one() {
    let documented = "def twice(x):\n    \"\"\"Double.\n\n    >>> twice(2)\n    4\n    >>> twice(3)\n    7\n    >>> y = 4\n    >>> \
                      twice(y)\n    8\n    >>> twice(None)\n    Traceback (most recent call last):\n    TypeError: no\n    >>> \
                      twice([ 1 ])\n    [1,1]\n    \"\"\"\n    return 2 * x\n\nassert twice(1) == 2\n";
    expect(
        documented,
        &[
            ("asserts", Status::Ok),
            ("doctest twice 1", Status::Ok),
            ("doctest twice 2", Status::Failed),
            ("doctest twice 4", Status::Ok),
            ("doctest twice 5", Status::Ok),
            ("doctest twice 6", Status::Ok),
        ],
    );
    let Some(report) = consult(documented, None) else { return };
    assert!(report.accepts());
    assert_eq!(report.refuted_doctests().collect::<Vec<_>>(), ["doctest twice 2"]);
}

#[test]
fn reports_syntax_errors() {
    expect("def twice(:\n", &[("syntax", Status::Crashed)]);
}

#[test]
fn stops_what_does_not_end() {
    expect_stopped("while True:\n    pass\n", Verdict::Timeout);
    expect_stopped("kept = []\nwhile True:\n    kept.append(bytearray(10_000_000))\n", Verdict::Memory);
    expect_stopped("import sys\nwhile True:\n    print('flood', file=sys.stderr)\n", Verdict::Output);
}

#[test]
fn an_end_before_the_last_test_is_no_success() {
    expect_stopped(&format!("import os\n{TWICE}os._exit(0)\nassert twice(2) == 5\n"), Verdict::Crash);
    expect(
        &format!("import sys\n{TWICE}def test_end():\n    sys.exit(0)\n"),
        &[("test_end", Status::Crashed)],
    );
}

#[test]
fn hides_the_machine() {
    expect(
        "import os, socket, subprocess\n\nfor path in ('/etc/shadow', '/etc/passwd', '/root', '/home', '/work'):\n    assert not \
         os.path.exists(path), path\n\n\ndef test_network():\n    try:\n        socket.create_connection(('1.1.1.1', 53), \
         1)\n    except OSError:\n        return\n    assert False\n\n\ndef test_processes():\n    seen = [p for p in \
         os.listdir('/proc') if p.isdigit()]\n    assert len(seen) < 5, seen\n\n\ndef test_account():\n    assert os.getuid() \
         == 65534\n    assert 'SSH_AUTH_SOCK' not in os.environ and os.environ['HOME'] == '/tmp'\n\n\ndef test_files():\n    for \
         path in ('/usr/x', '/x', '/program/x', '/dev/x', '/etc/x'):\n        try:\n            open(path, 'w')\n        except \
         OSError:\n            continue\n        assert False, path\n    open('/tmp/x', 'w').close()\n",
        &[
            ("asserts", Status::Ok),
            ("test_network", Status::Ok),
            ("test_processes", Status::Ok),
            ("test_account", Status::Ok),
            ("test_files", Status::Ok),
        ],
    );
}

#[test]
fn limits_processes() {
    expect(
        "import os, time\n\nstarted = 0\ntry:\n    while started < 500:\n        if os.fork() == 0:\n            time.sleep(9)\n            \
         os._exit(0)\n        started += 1\nexcept OSError:\n    pass\nassert 0 < started < 40, started\n",
        &[("asserts", Status::Ok)],
    );
}

#[test]
fn refuses_what_the_namespaces_leave_open() {
    expect(
        "import ctypes, os, socket\n\nlibc = ctypes.CDLL(None, use_errno=True)\n\n\ndef refused(*arguments):\n    return \
         libc.syscall(*arguments) == -1 and ctypes.get_errno() == 1\n\n\ndef test_sockets():\n    for family in (socket.AF_INET, \
         socket.AF_VSOCK, socket.AF_NETLINK):\n        try:\n            socket.socket(family, socket.SOCK_STREAM)\n        \
         except PermissionError:\n            continue\n        assert False, family\n\n\ndef test_calls():\n    for call in \
         (425, 321, 250, 323, 101, 272):\n        assert refused(call, 0, 0, 0, 0, 0), call\n\n\ndef test_descriptors():\n    \
         assert len(os.listdir('/proc/self/fd')) == 6, os.listdir('/proc/self/fd')\n\n\ndef test_powers():\n    with \
         open('/proc/self/status') as status:\n        lines = dict(line.split(':\\t', 1) for line in status if ':\\t' in \
         line)\n    assert int(lines['CapEff'], 16) == 0 and int(lines['CapBnd'], 16) == 0, lines\n    assert \
         lines['NoNewPrivs'].strip() == '1'\n",
        &[
            ("test_sockets", Status::Ok),
            ("test_calls", Status::Ok),
            ("test_descriptors", Status::Ok),
            ("test_powers", Status::Ok),
        ],
    );
}

#[test]
fn stops_files_without_end() {
    expect_stopped("n = 0\nwhile True:\n    open(f'/tmp/{n}', 'w').close()\n    n += 1\n", Verdict::Output);
    expect(
        "with open('/tmp/f', 'w') as f:\n    while True:\n        f.write('flood' * 1000)\n",
        &[("asserts", Status::Crashed)],
    );
}

#[test]
fn nothing_it_starts_outlives_it() {
    let daemon = "import os, time\n\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n        time.sleep(3600)\n    \
                  os._exit(0)\nassert True\n";
    let before = std::time::Instant::now();
    expect(daemon, &[("asserts", Status::Ok)]);
    assert!(before.elapsed().as_secs() < 20);
}

#[test]
fn it_cannot_stop_its_supervisor() {
    // Where it may not even try, the second line stops it.
    for target in ["os.getppid()", "1", "-1"] {
        let tries =
            format!("import os\ntry:\n    os.kill({target}, 9)\nexcept OSError:\n    pass\nassert False\n");
        let Some(report) = consult(&tries, None) else { return };
        assert!(!report.accepts(), "{report:#?}");
    }
}

#[test]
fn ignored_signals_do_not_help() {
    let stubborn = "import signal\n\nfor number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:\n    signal.signal(number, \
                    signal.SIG_IGN)\nwhile True:\n    pass\n";
    expect_stopped(stubborn, Verdict::Timeout);
}

#[test]
fn counts_the_memory_of_all_processes() {
    let spread = "import os, time\n\nfor _ in range(8):\n    if os.fork() == 0:\n        kept = bytearray(300_000_000)\n        \
                  time.sleep(25)\n        os._exit(0)\ntime.sleep(25)\n";
    expect_stopped(spread, Verdict::Memory);
}

#[test]
fn sets_have_the_same_order_on_every_run() {
    let order = "import os\nassert False, [*{'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'}]\n";
    let told: Vec<_> = (0..4).filter_map(|_| consult(order, None)).map(|report| report.cases).collect();
    assert!(told.windows(2).all(|pair| pair[0] == pair[1]), "{told:#?}");
}
