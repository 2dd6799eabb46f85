//! Which objects may be the same: classes of a union-find, each with one class for all it holds.
//!
//! This is alias analysis by unification, blind to the order of statements. A node stands for the
//! objects that a variable may refer to; its content stands for everything inside those objects.

use std::collections::BTreeMap;

/// Objects nested more deeply than this are not told apart from what holds them, so that what
/// nests without end (a function whose result holds its own result) has a finite graph.
const DEEPEST: u8 = 12;

/// An object or a set of objects that cannot be told apart.
pub(super) type Node = usize;

/// The classes of one function.
#[derive(Clone, Debug, Default)]
pub(super) struct Graph {
    parent: Vec<Node>,
    content: Vec<Option<Node>>,
    mutated: Vec<bool>,
    /// How many objects a class is nested in, at least.
    depth: Vec<u8>,
}

impl Graph {
    /// A new object.
    pub(super) fn node(&mut self) -> Node {
        self.parent.push(self.parent.len());
        self.content.push(None);
        self.mutated.push(false);
        self.depth.push(0);
        self.parent.len() - 1
    }

    /// A new object that is nested in `depth` others.
    fn nested(&mut self, depth: u8) -> Node {
        let node = self.node();
        self.depth[node] = depth;
        node
    }

    /// The representative of a node's class.
    pub(super) fn find(&self, mut node: Node) -> Node {
        while self.parent[node] != node {
            node = self.parent[node];
        }
        node
    }

    /// Everything inside `node`.
    pub(super) fn content(&mut self, node: Node) -> Node {
        let root = self.find(node);
        match self.content[root] {
            Some(content) => content,
            None => {
                let depth = self.depth[root];
                let content = if depth < DEEPEST { self.nested(depth + 1) } else { root };
                self.content[root] = Some(content);
                content
            }
        }
    }

    /// Says that two nodes may be the same object.
    pub(super) fn unify(&mut self, a: Node, b: Node) {
        let (a, b) = (self.find(a), self.find(b));
        if a == b {
            return;
        }
        self.parent[b] = a;
        self.mutated[a] |= self.mutated[b];
        self.depth[a] = self.depth[a].min(self.depth[b]);
        match (self.content[a], self.content[b]) {
            (Some(x), Some(y)) => self.unify(x, y),
            (None, inner) => self.content[a] = inner,
            (Some(_), None) => {}
        }
    }

    /// Says that the object itself (not what it holds) changes.
    pub(super) fn mark(&mut self, node: Node) {
        let root = self.find(node);
        self.mutated[root] = true;
    }

    /// Whether the object or anything inside it changes.
    pub(super) fn changes(&self, node: Node) -> bool {
        let mut seen = Vec::new();
        let mut next = Some(node);
        while let Some(node) = next {
            let root = self.find(node);
            if self.mutated[root] {
                return true;
            }
            if seen.contains(&root) {
                return false;
            }
            seen.push(root);
            next = self.content[root];
        }
        false
    }
}

/// What a function does with the objects that it shares with its callers.
#[derive(Clone, Debug, Default)]
pub(super) struct Summary {
    /// The function's classes.
    pub(super) graph: Graph,
    /// Its parameters, in order.
    pub(super) params: Vec<Node>,
    /// Its result.
    pub(super) result: Node,
    /// The globals that it or its callees touch.
    pub(super) globals: BTreeMap<String, Node>,
}

impl Summary {
    /// That a result which callers cannot have seen before was changed on its way says nothing to them.
    pub(super) fn forget_changes_of_new_result(&mut self) {
        let result = self.graph.find(self.result);
        let mut seen = Vec::new();
        let mut open: Vec<Node> = self.params.iter().chain(self.globals.values()).copied().collect();
        while let Some(node) = open.pop() {
            let root = self.graph.find(node);
            if !seen.contains(&root) {
                seen.push(root);
                open.extend(self.graph.content[root]);
            }
        }
        if !seen.contains(&result) {
            self.graph.mutated[result] = false;
        }
    }

    /// Replays the function's effects in a caller: `pairs` are nodes of this summary with the nodes
    /// of the caller that stand for the same objects.
    pub(super) fn replay(&self, caller: &mut Graph, pairs: Vec<(Node, Node)>) {
        let mut known: BTreeMap<Node, Node> = BTreeMap::new();
        let mut open = pairs;
        open.reverse();
        while let Some((own, theirs)) = open.pop() {
            let root = self.graph.find(own);
            if let Some(&same) = known.get(&root) {
                caller.unify(same, theirs);
                continue;
            }
            known.insert(root, theirs);
            if self.graph.mutated[root] {
                caller.mark(theirs);
            }
            if let Some(content) = self.graph.content[root] {
                let inside = caller.content(theirs);
                open.push((content, inside));
            }
        }
    }

    /// A form in which two summaries are equal where they say the same; for the fixpoint.
    pub(super) fn fingerprint(&self) -> Vec<(usize, bool)> {
        let mut numbers: BTreeMap<Node, usize> = BTreeMap::new();
        let mut print = Vec::new();
        let roots = self.params.iter().chain([&self.result]).chain(self.globals.values());
        for &root in roots {
            let mut next = Some(root);
            while let Some(node) = next {
                let class = self.graph.find(node);
                let count = numbers.len();
                let seen = numbers.contains_key(&class);
                let number = *numbers.entry(class).or_insert(count);
                print.push((number, self.graph.mutated[class]));
                next = if seen { None } else { self.graph.content[class] };
            }
        }
        print
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_inside_is_a_change_of_the_whole_but_not_the_other_way_round() {
        let mut graph = Graph::default();
        let outer = graph.node();
        let inner = graph.content(outer);
        graph.mark(inner);
        assert!(graph.changes(outer));

        let mut graph = Graph::default();
        let outer = graph.node();
        let inner = graph.content(outer);
        graph.mark(outer);
        assert!(!graph.changes(inner));
    }

    #[test]
    fn an_object_that_holds_itself_comes_to_an_end() {
        let mut graph = Graph::default();
        let node = graph.node();
        let content = graph.content(node);
        graph.unify(node, content);
        assert!(!graph.changes(node));
    }

    #[test]
    fn nesting_ends() {
        let mut graph = Graph::default();
        let mut node = graph.node();
        for _ in 0..100 {
            node = graph.content(node);
        }
        assert_eq!(graph.parent.len(), usize::from(DEEPEST) + 1);
        assert_eq!(graph.content(node), node);
    }
}
