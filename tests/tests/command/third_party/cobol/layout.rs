//! Data descriptions of COBOL programs as trees, and what their shapes stand for.

/// A data item with the items below it.
#[derive(Clone, Debug)]
pub struct Item {
    level: u32,
    pub name: String,
    /// The picture or usage; empty for a group.
    pub clause: String,
    /// How often it occurs, at most; `None` for a single item.
    pub occurs: Option<usize>,
    pub children: Vec<Item>,
}

/// What an item stands for in our translations.
#[derive(Debug)]
pub enum Shape<'a> {
    /// A number, a flag, or characters without a length.
    Plain { is_text: bool },
    /// Characters with their number.
    Text { length: &'a str, chars: &'a str },
    /// Items with their number.
    List { count: &'a str, item: &'a Item },
    /// A value that may be absent.
    Optional { presence: &'a str, value: &'a Item },
    /// Fields one after the other.
    Fields(&'a [Item]),
}

impl Item {
    /// What the item, without regard to how often it occurs, stands for.
    pub fn shape(&self) -> Shape<'_> {
        match self.children.as_slice() {
            [] => Shape::Plain { is_text: self.clause.contains("PIC X") },
            [length, chars] if length.name.ends_with("-LENGTH") && chars.clause.contains("PIC X") => {
                Shape::Text { length: &length.name, chars: &chars.name }
            }
            [count, item] if count.name.ends_with("-COUNT") && item.occurs.is_some() => {
                Shape::List { count: &count.name, item }
            }
            [presence, value] if presence.name.ends_with("-PRESENCE") => {
                Shape::Optional { presence: &presence.name, value }
            }
            fields => Shape::Fields(fields),
        }
    }
}

/// The lines that are no comments.
fn code(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('*'))
}

/// The items that a section describes; condition names are left out.
pub fn items(section: &str) -> Vec<Item> {
    let text = code(section).collect::<Vec<_>>().join(" ") + " ";
    let mut flat = Vec::new();
    for sentence in text.split(". ").filter(|sentence| !sentence.trim().is_empty()) {
        let words: Vec<&str> = sentence.split_whitespace().collect();
        let Some(level) = words.first().and_then(|word| word.parse().ok()).filter(|level| *level < 50) else {
            continue;
        };
        let place = words.iter().position(|word| *word == "OCCURS");
        // `OCCURS n TIMES` and `OCCURS 0 TO n TIMES`; what follows up to the picture says nothing of the layout.
        let most = place.map(|place| if words.get(place + 2) == Some(&"TO") { place + 3 } else { place + 1 });
        let occurs = most.and_then(|most| words.get(most)?.parse().ok());
        let clause = match words.iter().position(|word| *word == "PIC") {
            Some(pic) => {
                let usage = words.iter().find(|word| word.starts_with("COMP")).map_or("", |usage| *usage);
                format!("PIC {} {usage}", words.get(pic + 1).unwrap_or(&"")).trim().to_owned()
            }
            None => words.iter().find(|word| word.starts_with("COMP")).map_or("", |usage| *usage).to_owned(),
        };
        let name = words.get(1).unwrap_or(&"").to_string();
        flat.push(Item { level, name, clause, occurs, children: Vec::new() });
    }
    nest(&mut flat.into_iter().peekable(), 0)
}

/// The items deeper than `level`, with what is below each.
fn nest(flat: &mut std::iter::Peekable<std::vec::IntoIter<Item>>, level: u32) -> Vec<Item> {
    let mut siblings = Vec::new();
    while let Some(mut item) = flat.next_if(|item| item.level > level) {
        item.children = nest(flat, item.level);
        siblings.push(item);
    }
    siblings
}

/// A program with its parameters.
#[derive(Debug)]
pub struct Program {
    pub name: String,
    /// The text of its linkage section.
    pub linkage: String,
    /// The items of the linkage section that it is called with, in order.
    pub parameters: Vec<Item>,
}

/// The programs of a file.
pub fn programs(text: &str) -> Vec<Program> {
    text.split("IDENTIFICATION DIVISION.").skip(1).filter_map(program).collect()
}

fn program(text: &str) -> Option<Program> {
    let name = text.split("PROGRAM-ID.").nth(1)?.split_whitespace().next()?.trim_end_matches('.').to_owned();
    let (head, procedure) = text.split_once("PROCEDURE DIVISION")?;
    let linkage = head.split_once("LINKAGE SECTION.").map_or("", |(_, linkage)| linkage).to_owned();
    let header = procedure.split_once('.')?.0;
    let described = items(&linkage);
    let words = header.split_whitespace().filter(|word| *word != "USING");
    let parameters =
        words.map(|word| described.iter().find(|item| item.name == word).cloned()).collect::<Option<_>>()?;
    Some(Program { name, linkage, parameters })
}

#[test]
fn descriptions_become_trees() {
    let found = items(
        "       01  LST.\n           05  LST-COUNT PIC S9(9) COMP-5.\n           05  LST-ITEM OCCURS 0 TO 100 TIMES\n    \
         DEPENDING ON LST-COUNT COMP-2.\n       01 T PIC 9.\n       88 T-TRUE VALUE 1.\n",
    );
    assert_eq!(found.len(), 2);
    let Shape::List { count, item } = found[0].shape() else { panic!("{found:?}") };
    assert_eq!((count, item.occurs, item.clause.as_str()), ("LST-COUNT", Some(100), "COMP-2"));
    assert!(matches!(found[1].shape(), Shape::Plain { is_text: false }));
}
