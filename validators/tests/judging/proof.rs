//! The small right programs by which the tools are proven to work, with the real tools.

use crate::support::ladder;
use grammars::{LangId, Level};
use validators::oracle::{Java, Oracle, Python};
use validators::toolchains::{Cobol, Fortran, Julia};
use validators::{Candidate, Toolchain};

#[test]
fn the_proof_of_every_toolchain_passes() {
    let proofs: [Candidate; 3] = [Julia::find().proof(), Fortran::find().proof(), Cobol::find().proof()];
    for proof in proofs {
        let Some(ladder) = ladder(proof.lang.as_str()) else { continue };
        let outcome = ladder.climb(&proof, Level::Tests).expect("a working machine");
        assert!(outcome.reached(Level::Tests), "{outcome:#?}");
    }
}

#[test]
fn the_proof_of_every_oracle_passes() {
    for proof in [Python::find().proof(), Java::find().proof()] {
        let Some(ladder) = ladder(proof.lang.as_str()) else { continue };
        let report = ladder.consult(&proof).expect("a working machine");
        assert!(report.accepts() && report.cases.len() == 1, "{report:#?}");
    }
}

#[test]
fn tools_that_speak_against_programs_are_proven() {
    let fortran = LangId::from_static("fortran");
    let Some(ladder) = ladder(fortran.as_str()) else { return };
    let wrong = Candidate {
        lang: fortran,
        program: "module m\n  implicit none\n  integer :: i = 'one'\nend module m\n".to_owned(),
        tests: String::new(),
        checks: 0,
    };
    let outcome = ladder.climb(&wrong, Level::Compile).expect("a working machine");
    assert!(!outcome.reached(Level::Compile), "{outcome:#?}");
    assert!(ladder.prove().is_ok(), "gfortran works, and refuses only what is wrong");
}
