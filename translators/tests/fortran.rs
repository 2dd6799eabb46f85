//! Golden translations to Fortran: each snapshot shows a source, its program and its tests.

use std::fmt::Write;

/// Source, program and tests of one translation, one behind the other.
fn translated(name: &str, source: &str) -> String {
    let surface = grammars::python::parse(name, source).expect("the front end takes the program");
    let module = translators::prepare(&surface).expect("its types can be told");
    let fortran = translators::target("fortran").expect("the target is registered");
    let translation = fortran.translate(&module).expect("it can be translated");
    let mut shown = String::new();
    writeln!(shown, "! {name}.py\n{}\n! {name}.f90\n{}", source.trim_end(), translation.program)
        .expect("text");
    writeln!(shown, "! {name}_test.f90, {} checks\n{}", translation.checks, translation.tests).expect("text");
    for sentence in &translation.domain {
        writeln!(shown, "! domain: {sentence}").expect("text");
    }
    shown
}

/// One test for each program, by folder; the programs in `every_target/` have one test for each target.
macro_rules! golden {
    ($($folder:ident: $($name:ident)*;)*) => {
        $($(
            #[test]
            fn $name() {
                let source = include_str!(concat!(stringify!($folder), "/", stringify!($name), ".py"));
                insta::assert_snapshot!(translated(stringify!($name), source));
            }
        )*)*
    };
}

golden! {
    fortran:
        account
        binary_search
        bounds
        copies
        digits
        guarded
        lazy
        matrix
        names
        nearest_pair
        nested
        queue
        run_lengths
        sets
        stack
        whole_arrays
        word_frequencies;
    every_target:
        neighbours;
}
