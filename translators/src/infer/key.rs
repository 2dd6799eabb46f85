//! Identity of surface nodes.

/// A node of the surface tree, by its address. The tree is borrowed, unmoved and unchanged, for as
/// long as inference runs; a key says which node and is never turned back into one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key(usize);

impl Key {
    /// The key of a node.
    pub fn of<T>(node: &T) -> Key {
        Key(std::ptr::from_ref(node) as usize)
    }
}
