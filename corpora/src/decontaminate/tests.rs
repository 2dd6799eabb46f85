//! Problems written for these tests, planted in texts; and functions that are innocent.

use super::*;
use std::fs;

const PROMPT: &str = "def widest_gap(heights: list[int], floor: int) -> int:\n    \"\"\"Return the widest run of neighbours that all \
                      stay below the floor, or zero if there is none.\n    >>> widest_gap([1, 5, 1, 1], 3)\n    2\n    \"\"\"\n";
const SOLUTION: &str = "    widest = 0\n    current = 0\n    for height in heights:\n        if height < floor:\n            current += 1\n            widest = max(widest, current)\n        else:\n            current = 0\n    return widest\n";

fn sets() -> EvaluationSets {
    let folder = tempfile::tempdir().unwrap();
    let row = serde_json::json!({
        "task_id": "Own/1", "prompt": PROMPT, "canonical_solution": SOLUTION, "entry_point": "widest_gap",
        "test": "def check(candidate):\n    assert candidate([1], 3) == 1\n",
    });
    let mbpp = serde_json::json!({
        "task_id": 7, "text": "Write a function to merge the odd ranks.",
        "code": "def merge_odd_ranks(a, b):\n    return sorted(set(a[1::2]) | set(b[1::2]))\n",
        "test_list": ["assert merge_odd_ranks([1], [2]) == []"],
    });
    let multipl = serde_json::json!({
        "name": "own_3_tally", "prompt": "# Count the votes of every club and say who leads them.\nfunction tally_votes(votes)\n",
        "tests": "@test tally_votes([]) == 0",
    });
    let path = folder.path().join("set.jsonl");
    fs::write(&path, format!("{row}\n{mbpp}\n{multipl}\n")).unwrap();
    EvaluationSets::read(&[path]).unwrap()
}

fn found(text: &str) -> Option<(String, Why)> {
    sets().find(text).map(|found| (found.item, found.why))
}

#[test]
fn a_verbatim_copy_is_found() {
    let copy = format!("import os\n\n{PROMPT}{SOLUTION}\n\nprint(widest_gap([2], 3))\n");
    assert_eq!(found(&copy), Some(("Own/1".into(), Why::Words)));
    assert!(found(SOLUTION).is_some(), "the solution alone");
    assert_eq!(
        found("def merge_odd_ranks(a, b):\n    return sorted(set(a[1::2]) | set(b[1::2]))\n").unwrap().0,
        "7"
    );
}

#[test]
fn a_copy_with_other_names_is_found() {
    let renamed = format!("def deepest_valley(levels, limit):\n{SOLUTION}")
        .replace("heights", "levels")
        .replace("height", "level")
        .replace("floor", "limit")
        .replace("widest", "best")
        .replace("current", "run");
    assert_eq!(found(&renamed), Some(("Own/1".into(), Why::Code)));
    let short = "def unite(left, right):\n    return sorted(set(left[1::2]) | set(right[1::2]))\n";
    assert_eq!(found(short), Some(("7".into(), Why::Code)));
}

#[test]
fn a_translation_is_found_by_what_it_says() {
    let target = "\"\"\"Count the votes of every club and say who leads them.\"\"\"\nfunction tally_votes(v)\n    return maximum(v)\nend\n";
    assert_eq!(found(target).map(|(item, _)| item), Some("own_3_tally".into()));
    let cobol = "*> Write a function to merge\n PROGRAM-ID. MERGE-ODD-RANKS.\n*> the odd ranks.\n";
    assert_eq!(found(cobol), None, "neither the sentence nor the code");
    let cobol = "*> Write a function to merge the odd ranks.\n PROGRAM-ID. MERGE-ODD-RANKS.\n";
    assert_eq!(found(cobol), Some(("7".into(), Why::Documentation)));
}

#[test]
fn a_thousand_innocent_functions_stay() {
    let sets = sets();
    let bodies = [
        "    total = 0\n    for item in ITEMS:\n        if item > LIMIT:\n            total += item\n    return total\n",
        "    return [item for item in ITEMS if item != LIMIT]\n",
        "    best = ITEMS[0]\n    for item in ITEMS:\n        best = max(best, item)\n    return best + LIMIT\n",
        "    return sorted(set(ITEMS))\n",
        "    count = 0\n    while count < len(ITEMS) and ITEMS[count] < LIMIT:\n        count += 1\n    return count\n",
    ];
    for number in 0..1000 {
        let body = bodies[number % bodies.len()].replace("ITEMS", &format!("items_{number}"));
        let body = body.replace("LIMIT", &format!("limit_{}", number % 7));
        let text = format!(
            "def function_{number}(items_{number}: list[int], limit_{}: int) -> int:\n    \"\"\"Return what number {number} is \
             about, for all the items that there are.\"\"\"\n{body}",
            number % 7
        );
        assert_eq!(sets.find(&text), None, "{text}");
    }
}

#[test]
fn rows_of_no_known_layout_are_an_error_with_the_place() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("set.jsonl");
    fs::write(&path, "{\"text\": \"fine\"}\n{\"question\": 1}\n").unwrap();
    let message = EvaluationSets::read(std::slice::from_ref(&path)).unwrap_err().to_string();
    assert!(message.contains("set.jsonl:2: it has the fields of no known evaluation set"), "{message}");
    fs::write(&path, "{\"text\": \n").unwrap();
    assert!(EvaluationSets::read(&[path]).unwrap_err().to_string().contains("set.jsonl:1"));
}
