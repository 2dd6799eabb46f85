//! How values lie in storage: data items for each type, with names made from the variable's.

use super::capacity::Capacities;
use super::names::{Names, shorten, singular, word};
use super::tree::{DataItem, Occurs};
use grammars::ir::Type;
use std::collections::BTreeMap;

/// The picture of an `Int`.
pub const INT: &str = "PIC S9(18) COMP-5";
/// The picture of a length, count or position.
pub const POSITION: &str = "PIC S9(9) COMP-5";

/// A data item that holds a value of a type.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// The name of the item.
    pub name: String,
    /// The type of the value.
    pub ty: Type,
    /// What is below it.
    pub shape: Shape,
}

/// What is below an item.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// A number, or one character: nothing.
    Elementary,
    /// A position of 32 bits, for counters of the translation.
    Position,
    /// An edited item with this picture.
    Edited(String),
    /// One digit, with a condition name that says that it is 1.
    Flag(String),
    /// A length and characters; blank behind the length.
    Text {
        /// The length.
        length: String,
        /// The characters.
        chars: String,
    },
    /// A list or set: a count and a table.
    Table {
        /// The count.
        count: String,
        /// An element.
        item: Box<Node>,
    },
    /// A dict: a count and a table of entries.
    Entries {
        /// The count.
        count: String,
        /// An entry.
        entry: String,
        /// Its key.
        key: Box<Node>,
        /// Its value.
        value: Box<Node>,
    },
    /// A tuple or an object.
    Parts(Vec<Node>),
    /// An optional value: a flag with a condition name, and the value.
    Optional {
        /// The flag.
        flag: String,
        /// Its condition name.
        present: String,
        /// The value.
        value: Box<Node>,
    },
}

/// What a value of a type would be called where the source's name is a reserved word.
pub fn suffix(ty: &Type) -> &'static str {
    match ty {
        Type::Int | Type::Float | Type::None => "VALUE",
        Type::Bool => "FLAG",
        Type::Char => "CHAR",
        Type::Str => "TEXT",
        Type::Tuple(_) => "GROUP",
        Type::List(_) => "LIST",
        Type::Class(_) => "RECORD",
        _ => "TABLE",
    }
}

/// Names of groups are at most this long, so that names made from them stay short.
const LONGEST_GROUP: usize = 21;

/// What the number of elements is called.
fn count_name(base: &str) -> String {
    if base.ends_with("COUNT") { format!("{base}-TOTAL") } else { format!("{base}-COUNT") }
}

fn is_elementary(ty: &Type) -> bool {
    matches!(ty, Type::Int | Type::Float | Type::Char)
}

/// The item of a variable `wish` of type `ty`; `None` where values of the type are not stored.
pub fn node(names: &mut Names, wish: &str, ty: &Type) -> Option<Node> {
    let wish = if is_elementary(ty) { wish } else { shorten(wish, LONGEST_GROUP) };
    let of = |names: &mut Names, wish: String, ty: &Type| node(names, &wish, ty).map(Box::new);
    let (name, shape) = match ty {
        Type::Int | Type::Float | Type::Char => (names.fresh(wish, suffix(ty)), Shape::Elementary),
        Type::Bool => {
            let condition = names.fresh(wish, "IS-TRUE");
            (names.fresh(&format!("{condition}-FLAG"), "FLAG"), Shape::Flag(condition))
        }
        Type::Str => {
            let name = names.fresh(wish, "TEXT");
            let length = names.fresh(&format!("{name}-LENGTH"), "LENGTH");
            let chars = names.fresh(&format!("{name}-CHARS"), "CHARS");
            (name, Shape::Text { length, chars })
        }
        Type::List(element) | Type::Set(element) => {
            let name = names.fresh(wish, suffix(ty));
            let base = singular(wish);
            let count = names.fresh(&count_name(base), "COUNT");
            let item = of(names, format!("{base}-ITEM"), element)?;
            (name, Shape::Table { count, item })
        }
        Type::Dict(key, value) => {
            let name = names.fresh(wish, suffix(ty));
            let base = singular(wish);
            let count = names.fresh(&count_name(base), "COUNT");
            let entry = names.fresh(&format!("{base}-ENTRY"), "ENTRY");
            let key = of(names, format!("{base}-KEY"), key)?;
            let value = of(names, format!("{base}-VALUE"), value)?;
            (name, Shape::Entries { count, entry, key, value })
        }
        Type::Tuple(parts) => {
            let name = names.fresh(wish, suffix(ty));
            let parts = parts.iter().enumerate();
            let parts: Option<Vec<Node>> =
                parts.map(|(at, part)| node(names, &format!("{wish}-{}", at + 1), part)).collect();
            (name, Shape::Parts(parts?))
        }
        Type::Optional(inner) => {
            let name = names.fresh(wish, "OPTION");
            let present = names.fresh(&format!("{wish}-PRESENT"), "PRESENT");
            let flag = names.fresh(&format!("{wish}-PRESENCE"), "PRESENCE");
            let value = of(names, format!("{wish}-VALUE"), inner)?;
            (name, Shape::Optional { flag, present, value })
        }
        Type::Class(class) => {
            let name = names.fresh(wish, suffix(ty));
            let fields = names.fields(class)?.to_vec();
            let parts: Option<Vec<Node>> = fields
                .iter()
                .map(|(field, ty)| node(names, &format!("{wish}-{}", word(field)), ty))
                .collect();
            (name, Shape::Parts(parts?))
        }
        Type::None
        | Type::Function { .. }
        | Type::Iter(_)
        | Type::Array { .. }
        | Type::Union(_)
        | Type::Any
        | Type::Library(_) => {
            return None;
        }
    };
    Some(Node { name, ty: ty.clone(), shape })
}

/// Writes data descriptions.
pub struct Describe<'a> {
    /// Capacities of tables and texts.
    pub capacities: &'a Capacities,
    /// Names of groups around the elementary elements of tables that are sorted, by table.
    pub sort_entries: &'a BTreeMap<String, String>,
}

impl Describe<'_> {
    /// The description of a record. A table at its end is as long as its count says.
    pub fn record(&self, node: &Node) -> DataItem {
        let mut item = self.item(node);
        if let (Shape::Table { count, .. } | Shape::Entries { count, .. }, Some(table)) =
            (&node.shape, item.children.last_mut())
            && let Some(occurs) = &mut table.occurs
        {
            occurs.depending_on = Some(count.clone());
        }
        item
    }

    fn item(&self, node: &Node) -> DataItem {
        match &node.shape {
            Shape::Elementary => DataItem::elementary(&node.name, elementary(&node.ty)),
            Shape::Position => DataItem::elementary(&node.name, POSITION),
            Shape::Edited(picture) => DataItem::elementary(&node.name, picture),
            Shape::Flag(condition) => flag(&node.name, condition),
            Shape::Text { length, chars } => {
                let chars = DataItem::elementary(chars, format!("PIC X({})", self.capacities.text));
                DataItem::group(&node.name, vec![DataItem::elementary(length, POSITION), chars])
            }
            Shape::Table { count, item } => {
                let mut table = self.item(item);
                if let Some(entry) = self.sort_entries.get(&node.name) {
                    table = DataItem::group(entry, vec![table]);
                }
                self.table(node, count, table, &[&item.ty])
            }
            Shape::Entries { count, entry, key, value } => {
                let entry = DataItem::group(entry, vec![self.item(key), self.item(value)]);
                self.table(node, count, entry, &[&key.ty, &value.ty])
            }
            Shape::Parts(parts) => {
                DataItem::group(&node.name, parts.iter().map(|part| self.item(part)).collect())
            }
            Shape::Optional { flag: name, present, value } => {
                DataItem::group(&node.name, vec![flag(name, present), self.item(value)])
            }
        }
    }

    fn table(&self, node: &Node, count: &str, mut element: DataItem, types: &[&Type]) -> DataItem {
        element.occurs = Some(Occurs { times: self.capacities.table_of(types), depending_on: None });
        DataItem::group(&node.name, vec![DataItem::elementary(count, POSITION), element])
    }
}

fn flag(name: &str, condition: &str) -> DataItem {
    let mut item = DataItem::elementary(name, "PIC 9");
    item.condition = Some(condition.to_string());
    item
}

fn elementary(ty: &Type) -> &'static str {
    match ty {
        Type::Float => "COMP-2",
        Type::Char => "PIC X",
        _ => INT,
    }
}
