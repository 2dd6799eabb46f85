//! Programs that mean no harm get what they need, in every degree.

use crate::support::{command, run, sandboxes};
use std::io::{Read, Write};
use validators::{Command, End, Executor, Limits};

#[test]
fn a_program_ends_as_it_means_to() {
    for sandbox in sandboxes() {
        let degree = sandbox.isolation();
        assert_eq!(run(sandbox, &command("/bin/true", &[])).end, End::Exit(0), "{degree:?}");
        assert_eq!(run(sandbox, &command("/bin/false", &[])).end, End::Exit(1), "{degree:?}");
        let said = run(sandbox, &command("/bin/echo", &["a b", "c"]));
        assert_eq!((said.stdout.as_str(), said.end), ("a b c\n", End::Exit(0)), "{degree:?} {said:?}");
        let missing = run(sandbox, &command("./missing", &[]));
        assert_eq!(missing.end, End::Exit(127), "{degree:?} {missing:?}");
    }
}

#[test]
fn a_worker_is_spoken_to_and_ends_when_it_is_dropped() {
    for sandbox in sandboxes() {
        let folder = sandbox.folder().expect("a folder");
        let worker = Command { limits: Limits::WORKER, ..command("/bin/cat", &[]) };
        let mut session = sandbox.start(folder.path(), &worker).expect("a worker");
        for line in ["one\n", "two\n"] {
            session.input().write_all(line.as_bytes()).expect("a pipe");
            let mut answer = vec![0; line.len()];
            session.output().read_exact(&mut answer).expect("a pipe");
            assert_eq!(answer, line.as_bytes());
        }
        drop(session);
    }
}

#[test]
fn a_compiler_writes_into_its_folder_and_a_program_reads_it() {
    for sandbox in sandboxes() {
        let folder = sandbox.folder().expect("a folder");
        let writes =
            Command { writes: true, ..command("/bin/sh", &["-c", "echo made > made && cp made again"]) };
        let made = sandbox.execute(folder.path(), &writes).expect("a working sandbox");
        assert!(made.succeeded(), "{:?} {made:?}", sandbox.isolation());
        let read =
            sandbox.execute(folder.path(), &command("/bin/cat", &["again"])).expect("a working sandbox");
        assert_eq!(read.stdout, "made\n", "{:?} {read:?}", sandbox.isolation());
    }
}
