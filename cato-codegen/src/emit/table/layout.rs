//! Where the nodes of a table lie, and what they say.

use std::cmp::Reverse;

use crate::model::{Leaf, Model, Node, Tree};

/// Bits of a leaf's threshold that say which leaf it is.
pub(super) const LEAF_BITS: u32 = 23;
/// The key above those of all finite numbers.
const INFINITE: u32 = 0xff80_0000;

/// The nodes of all trees, and which trees are walked together.
pub(super) struct Layout {
    /// As many as a power of two.
    pub(super) nodes: Vec<u64>,
    pub(super) groups: Vec<Group>,
    pub(super) features: usize,
}

/// Trees that are walked together.
pub(super) struct Group {
    /// Steps from the root to the lowest leaf of any of them.
    pub(super) depth: usize,
    pub(super) roots: Vec<usize>,
}

impl Layout {
    /// Lays out the trees in groups of `lanes`; the last group is filled up with a leaf of number
    /// [`void`](Self::VOID). `number` gives the number of a leaf, fewer than 2^[`LEAF_BITS`] and asked for once.
    pub(super) fn of(model: &Model, lanes: usize, mut number: impl FnMut(&Leaf) -> usize) -> Self {
        let mut numbers: Vec<Option<usize>> = vec![None; model.leaves.len()];
        let mut number = |leaf: usize| match (numbers.get(leaf), model.leaves.get(leaf)) {
            (Some(&Some(number)), _) => number,
            (Some(None), Some(distribution)) => {
                let number = number(distribution);
                numbers[leaf] = Some(number);
                number
            }
            _ => Self::VOID,
        };
        let mut layout = Self { nodes: Vec::new(), groups: Vec::new(), features: model.features.len() };
        let mut trees: Vec<_> = model.trees.iter().map(Shape::of).collect();
        // Trees of equal depth side by side: no walk waits longer than it has to for its neighbours.
        trees.sort_by_key(|tree| Reverse(tree.depth()));
        for group in trees.chunks(lanes) {
            let mut roots: Vec<_> = group.iter().map(|tree| layout.push(tree, &mut number)).collect();
            if roots.len() < lanes {
                let void = layout.nodes.len();
                layout.nodes.push(leaf(void, Self::VOID));
                roots.resize(lanes, void);
            }
            layout.groups.push(Group { depth: group.first().map_or(0, Shape::depth), roots });
        }
        layout.nodes.resize(layout.nodes.len().next_power_of_two(), 0);
        layout
    }

    /// The number of a leaf that is none.
    pub(super) const VOID: usize = (1 << LEAF_BITS) - 1;

    /// Appends a tree and gives the place of its root. Siblings lie side by side, and after them what is below the one
    /// with the larger subtree: most walks go there, and find their next nodes in the same or the next cache line.
    fn push(&mut self, tree: &Shape, number: &mut impl FnMut(usize) -> usize) -> usize {
        let root = self.nodes.len();
        self.nodes.push(0);
        let mut open = vec![(0, root)];
        while let Some((at, place)) = open.pop() {
            match tree.nodes[at] {
                Node::Leaf { leaf: index } => self.nodes[place] = leaf(place, number(index as usize)),
                Node::Split { feature, threshold, right } => {
                    let (below, above) = (at + 1, right as usize);
                    let first = self.nodes.len();
                    self.nodes.extend([0; 2]);
                    self.nodes[place] = u64::from(key(threshold)) | u64::from(feature) << 32 | (first as u64) << 40;
                    let mut children = [(below, first), (above, first + 1)];
                    // The last one is taken up first.
                    children.sort_by_key(|&(child, _)| tree.sizes[child]);
                    open.extend(children);
                }
            }
        }
        root
    }
}

/// A leaf at `place`.
fn leaf(place: usize, number: usize) -> u64 {
    u64::from(INFINITE) | number as u64 | (place as u64) << 40
}

/// The integer that emitted code compares for `value`, which is finite: -0 and 0 are one threshold.
fn key(value: f32) -> u32 {
    let bits = if value == 0.0 { 0 } else { value.to_bits() };
    bits ^ ((bits.cast_signed() >> 31).cast_unsigned() | 0x8000_0000)
}

/// A tree, and of each of its nodes the nodes below it, itself included, and the steps to the lowest of them.
struct Shape<'a> {
    nodes: &'a [Node],
    sizes: Vec<usize>,
    depths: Vec<usize>,
}

impl<'a> Shape<'a> {
    fn of(tree: &'a Tree) -> Self {
        let (mut sizes, mut depths) = (vec![1; tree.len()], vec![0; tree.len()]);
        for (at, node) in tree.iter().enumerate().rev() {
            if let Node::Split { right, .. } = *node {
                let (below, above) = (at + 1, right as usize);
                sizes[at] = 1 + sizes[below] + sizes[above];
                depths[at] = 1 + depths[below].max(depths[above]);
            }
        }
        Self { nodes: tree, sizes, depths }
    }

    fn depth(&self) -> usize {
        self.depths.first().copied().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::{INFINITE, LEAF_BITS, Layout, key};
    use crate::model::{Model, ModelKind, Node, Tree, Vote};

    fn split(threshold: f32, right: u32) -> Node {
        Node::Split { feature: 0, threshold, right }
    }

    fn forest(trees: Vec<Tree>) -> Model {
        let model = Model {
            kind: ModelKind::RandomForest { vote: Vote::Soft },
            features: vec!["dur".to_owned()],
            classes: vec!["a".to_owned()],
            leaves: vec![vec![(0, 65_535)], vec![(0, 1)], vec![(0, 2)]],
            trees,
        };
        model.validate().unwrap();
        model
    }

    /// What a walk over the table says of a value, in the number of a leaf.
    fn walk(layout: &Layout, group: usize, lane: usize, value: f32) -> usize {
        let mut place = layout.groups[group].roots[lane];
        for _ in 0..layout.groups[group].depth {
            let node = layout.nodes[place];
            place = (node >> 40) as usize + usize::from(key(value) > node as u32);
        }
        layout.nodes[place] as usize & ((1 << LEAF_BITS) - 1)
    }

    #[test]
    fn keys_are_ordered_as_the_numbers_are() {
        let numbers = [f32::MIN, -1.5, -1.0, -f32::MIN_POSITIVE, 0.0, f32::from_bits(1), 0.1, 1.0, f32::MAX];
        assert!(numbers.windows(2).all(|pair| key(pair[0]) < key(pair[1])));
        assert_eq!(key(-0.0), key(0.0));
        assert!(key(f32::MAX) < INFINITE);
    }

    #[test]
    fn walks_stay_at_their_leaf_and_void_lanes_have_none() {
        let leaf = |leaf| Node::Leaf { leaf };
        let low = vec![split(1.0, 2), leaf(0), leaf(1)];
        let high = vec![split(1.0, 4), split(-0.5, 3), leaf(2), leaf(0), leaf(1)];
        let mut asked = Vec::new();
        let layout = Layout::of(&forest(vec![low, high, vec![leaf(2)]]), 2, |leaf| {
            asked.push(leaf.clone());
            asked.len() - 1
        });
        // The deepest tree comes first, and its larger half right after its root's children.
        assert_eq!(asked, [vec![(0, 65_535)], vec![(0, 2)], vec![(0, 1)]]);
        assert_eq!(layout.groups.iter().map(|group| group.depth).collect::<Vec<_>>(), [2, 0]);
        assert_eq!(layout.groups[0].roots, [0, 5]);
        assert_eq!(layout.nodes.len(), 16);
        for (value, numbers) in [(-1.0, [1, 0]), (-0.5, [1, 0]), (-0.0, [0, 0]), (1.0, [0, 0]), (1.1, [2, 2])] {
            assert_eq!([walk(&layout, 0, 0, value), walk(&layout, 0, 1, value)], numbers, "{value}");
            assert_eq!([walk(&layout, 1, 0, value), walk(&layout, 1, 1, value)], [1, Layout::VOID]);
        }
    }
}
