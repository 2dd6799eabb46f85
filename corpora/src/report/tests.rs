//! Reports over a few rows.

use super::*;
use crate::manifest::{Audit, Manifest, TargetInfo, Tool};
use crate::record::{TARGET, example};
use crate::rejected::Rejected;
use crate::table::Format;
use grammars::{LangId, Level, Rejection, Span};

fn manifest() -> Manifest {
    let tool = Tool { name: TARGET.into(), version: None, advice: Some("install it".into()) };
    let target = TargetInfo {
        id: LangId::from_static(TARGET),
        name: "Julia".into(),
        translator: "calque 0.1.0, julia 1".into(),
        toolchain: tool,
        records: 1,
    };
    Manifest {
        version: "0.1.0".into(),
        name: "a <small> corpus".into(),
        sources: vec![],
        inputs: 4,
        level: Level::Tests,
        seed: 0,
        format: Format::Parquet,
        isolation: "namespaces".into(),
        near_duplicates: None,
        decontaminated: vec![],
        audit: Audit::default(),
        oracles: vec![],
        targets: vec![target],
    }
}

fn rejected(code: &'static str, target: Option<&'static str>, level: Level) -> Rejected {
    let rejection = Rejection::new(code, Span { start: 0, end: 1, line: 7 }, "`<b>` is not & never was.");
    Rejected::new("a.py", Some("f"), target.map(LangId::from_static).as_ref(), rejection, level)
}

fn summary() -> Summary {
    let mut summary = Summary::new(&manifest());
    summary.add_record(&example("f"));
    summary.add_rejected(&rejected("python.syntax", None, Level::None));
    summary.add_rejected(&rejected("julia.closure", Some(TARGET), Level::None));
    summary.add_rejected(&rejected("ladder.wrong", Some(TARGET), Level::Compile));
    summary.add_rejected(&rejected("corpus.duplicate", Some(TARGET), Level::Tests));
    summary.add_rejected(&rejected("doctest.refuted", None, Level::None));
    summary.add_rejected(&rejected("cobol.dict", Some("elsewhere"), Level::None));
    summary
}

#[test]
fn counts_the_funnel() {
    let summary = summary();
    let funnel = &summary.funnels[0];
    assert_eq!((funnel.units, funnel.translated, funnel.duplicates, funnel.records), (5, 3, 1, 1));
    assert_eq!([Level::Parse, Level::Compile, Level::Run, Level::Tests].map(|l| funnel.at(l)), [3, 3, 2, 2]);
    assert_eq!(summary.refuted_doctests, 1);
}

#[test]
fn lists_reasons_with_places() {
    let mut summary = summary();
    summary.add_rejected(&rejected("julia.closure", Some(TARGET), Level::None));
    let text = text(&manifest(), &summary);
    let at = |part: &str| text.find(part).unwrap_or_else(|| panic!("{part} is missing in {text}"));
    assert!(at("      2  julia.closure [julia]") < at("      1  corpus.duplicate [julia]"));
    assert!(text.contains("a.py:7 (f): `<b>` is not & never was."));
    assert!(text.contains("julia (missing): its rungs are unavailable; install it"));
}

#[test]
fn the_page_shows_text_as_it_is() {
    let page = page(&manifest(), &summary(), &[example("f")]);
    assert!(page.contains("`&lt;b&gt;` is not &amp; never was."));
    assert!(page.contains("<title>a &lt;small&gt; corpus</title>"));
    assert!(page.contains("<pre>f(n) = n\n</pre>"));
}
