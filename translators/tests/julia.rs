//! Golden translations to Julia: each snapshot shows a source, its program and its tests.

use std::fmt::Write;

/// Source, program and tests of one translation, one behind the other.
fn translated(name: &str, source: &str) -> String {
    let surface = grammars::python::parse(name, source).expect("the front end takes the program");
    let module = translators::prepare(&surface).expect("its types can be told");
    let julia = translators::target("julia").expect("the target is registered");
    let translation = julia.translate(&module).expect("it can be translated");
    let mut shown = String::new();
    writeln!(shown, "# {name}.py\n{}\n# {name}.jl\n{}", source.trim_end(), translation.program)
        .expect("text");
    writeln!(shown, "# {name}_test.jl, {} checks\n{}", translation.checks, translation.tests).expect("text");
    for sentence in &translation.domain {
        writeln!(shown, "# domain: {sentence}").expect("text");
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
    julia:
        account
        arrays
        cipher
        closures
        expand
        idioms
        insertion
        lengths
        loops
        matrix
        ordered
        parsing
        patterns
        report
        selection
        variants
        widest_gap;
    every_target:
        iterators
        neighbours;
}
