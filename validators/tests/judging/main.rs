//! The ladder and the oracles with the real toolchains of this machine, above all with programs that
//! they must refuse. Tests of a language whose toolchain is missing say so and pass.

mod cobol;
mod cobol_together;
mod forks;
mod fortran;
mod fortran_together;
mod java;
mod julia;
mod julia_forks;
mod proof;
mod python;
mod support;
mod together;
