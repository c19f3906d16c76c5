//! Fitted trees with the class distribution of every node, so that one fit serves each smaller depth.

use cato_codegen::model::{Node, Tree};

use super::leaves::Leaves;
use super::sample::Sample;

/// A node as a trainer leaves it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum GrownNode {
    /// Goes left where `row[feature] <= threshold`. The children stand after their parent.
    Split { feature: u16, threshold: f32, left: u32, right: u32 },
    /// Ends the walk.
    Leaf,
}

/// A grown tree and the frozen class distribution at each of its nodes, inner ones too.
pub(super) struct CountedTree {
    nodes: Vec<GrownNode>,
    /// By node: where its distribution lies in `shares`.
    spans: Vec<(u32, u32)>,
    shares: Vec<(u16, u16)>,
}

impl CountedTree {
    /// Counts the classes of the rows that pass through each node.
    ///
    /// `weights` says how often each row counts. A node that no row reaches (a threshold between two neighbouring
    /// values can round up to the larger one) has the distribution of its parent.
    pub(super) fn new(nodes: Vec<GrownNode>, sample: &Sample, weights: impl IntoIterator<Item = u32>) -> Self {
        let classes = sample.class_count;
        let mut counts = vec![0u32; nodes.len() * classes];
        for ((row, &class), weight) in sample.rows().zip(&sample.classes).zip(weights) {
            if weight > 0 {
                counts[leaf_of(&nodes, row) * classes + usize::from(class)] += weight;
            }
        }
        for (node, grown) in nodes.iter().enumerate().rev() {
            if let GrownNode::Split { left, right, .. } = *grown {
                let (before, after) = counts.split_at_mut((node + 1) * classes);
                let own = &mut before[node * classes..];
                for child in [left, right] {
                    let from = (child as usize - node - 1) * classes;
                    own.iter_mut().zip(&after[from..]).for_each(|(own, child)| *own += child);
                }
            }
        }

        let mut tree = Self { spans: vec![(0, 0); nodes.len()], shares: Vec::new(), nodes };
        for (node, counts) in counts.chunks_exact(classes).enumerate() {
            let start = tree.shares.len();
            tree.shares.extend(shares(counts));
            if tree.shares.len() > start {
                tree.spans[node] = (start as u32, tree.shares.len() as u32);
            }
            if let GrownNode::Split { left, right, .. } = tree.nodes[node] {
                tree.spans[left as usize] = tree.spans[node];
                tree.spans[right as usize] = tree.spans[node];
            }
        }
        tree
    }

    /// Gives `visit` the distribution that the tree cut at each of `depths` (ascending) has for a row.
    pub(super) fn vote(&self, row: &[f32], depths: &[usize], mut visit: impl FnMut(usize, &[(u16, u16)])) {
        let (mut node, mut depth) = (0, 0);
        for (place, &limit) in depths.iter().enumerate() {
            while depth < limit
                && let Some(child) = next(&self.nodes[node], row)
            {
                node = child;
                depth += 1;
            }
            visit(place, self.distribution(node));
        }
    }

    /// The tree cut at `depth`, its leaves put into `leaves`.
    ///
    /// A split whose sides would be equal leaves is a leaf.
    pub(super) fn freeze(&self, depth: usize, leaves: &mut Leaves) -> Tree {
        let mut frozen = Tree::new();
        self.freeze_node(0, depth, leaves, &mut frozen);
        frozen
    }

    fn freeze_node(&self, node: usize, depth: usize, leaves: &mut Leaves, frozen: &mut Tree) {
        match self.nodes[node] {
            GrownNode::Split { feature, threshold, left, right } if depth > 0 => {
                let split = frozen.len();
                frozen.push(Node::Split { feature, threshold, right: 0 });
                self.freeze_node(left as usize, depth - 1, leaves, frozen);
                let start = frozen.len();
                self.freeze_node(right as usize, depth - 1, leaves, frozen);
                if let [leaf @ Node::Leaf { .. }, other] = frozen[split + 1..]
                    && leaf == other
                {
                    frozen.truncate(split);
                    frozen.push(leaf);
                } else {
                    frozen[split] = Node::Split { feature, threshold, right: start as u32 };
                }
            }
            _ => frozen.push(Node::Leaf { leaf: leaves.place(self.distribution(node)) }),
        }
    }

    fn distribution(&self, node: usize) -> &[(u16, u16)] {
        let (start, end) = self.spans[node];
        &self.shares[start as usize..end as usize]
    }
}

/// The node after this one on a row's way down; none at a leaf.
fn next(node: &GrownNode, row: &[f32]) -> Option<usize> {
    match *node {
        GrownNode::Split { feature, threshold, left, right } => {
            Some(if row[usize::from(feature)] <= threshold { left } else { right } as usize)
        }
        GrownNode::Leaf => None,
    }
}

/// The leaf that a row ends in.
pub(super) fn leaf_of(nodes: &[GrownNode], row: &[f32]) -> usize {
    let mut node = 0;
    while let Some(child) = next(&nodes[node], row) {
        node = child;
    }
    node
}

/// Counts by class as a frozen distribution; empty where nothing was counted.
fn shares(counts: &[u32]) -> impl Iterator<Item = (u16, u16)> {
    let total = counts.iter().map(|&count| u64::from(count)).sum();
    let share = move |count: u32| if count == 0 { 0 } else { share(count.into(), total) };
    (0..).zip(counts.iter().map(move |&count| share(count))).filter(|&(_, share)| share > 0)
}

/// `count / total` in 65535ths, rounded to nearest, ties to even; `count` is at most `total`, which is not 0.
fn share(count: u64, total: u64) -> u16 {
    let scaled = count * u64::from(u16::MAX);
    let (down, rest) = (scaled / total, scaled % total);
    let up = match (2 * rest).cmp(&total) {
        std::cmp::Ordering::Less => 0,
        std::cmp::Ordering::Equal => down % 2,
        std::cmp::Ordering::Greater => 1,
    };
    (down + up) as u16
}

#[cfg(test)]
mod tests {
    use cato_codegen::model::{Leaf, Node};

    use super::{CountedTree, GrownNode, share};
    use crate::train::leaves::Leaves;
    use crate::train::sample::Sample;

    const fn split(feature: u16, threshold: f32, left: u32, right: u32) -> GrownNode {
        GrownNode::Split { feature, threshold, left, right }
    }

    /// Rows 0, 1, 2, 3 of one column, of classes 0, 0, 1, 2.
    fn sample() -> Sample {
        Sample { values: vec![0.0, 1.0, 2.0, 3.0], classes: vec![0, 0, 1, 2], columns: 1, class_count: 3 }
    }

    #[test]
    fn shares_round_to_nearest_and_ties_to_even() {
        assert_eq!(share(1, 1), 65535);
        assert_eq!(share(1, 3), 21845);
        assert_eq!(share(1, 2), 32768); // 32767.5, up to even
        assert_eq!(share(1, 6), 10922); // 10922.5, down to even
        assert_eq!(share(1, 200_000), 0);
    }

    #[test]
    fn a_cut_node_keeps_the_distribution_of_its_rows() {
        let nodes = vec![split(0, 1.5, 1, 2), GrownNode::Leaf, split(0, 2.5, 3, 4), GrownNode::Leaf, GrownNode::Leaf];
        let tree = CountedTree::new(nodes, &sample(), [1, 1, 1, 1]);
        let mut leaves = Leaves::default();
        assert_eq!(
            tree.freeze(1, &mut leaves),
            [Node::Split { feature: 0, threshold: 1.5, right: 2 }, Node::Leaf { leaf: 0 }, Node::Leaf { leaf: 1 }]
        );
        assert_eq!(leaves.into_vec(), [vec![(0, 65535)], vec![(1, 32768), (2, 32768)]] as [Leaf; 2]);

        let mut votes = Vec::new();
        tree.vote(&[3.0], &[0, 1, 2, 9], |depth, shares| votes.push((depth, shares.to_vec())));
        assert_eq!(votes[0], (0, vec![(0, 32768), (1, 16384), (2, 16384)]));
        assert_eq!(votes[1], (1, vec![(1, 32768), (2, 32768)]));
        assert_eq!(votes[2..], [(2, vec![(2, 65535)]), (3, vec![(2, 65535)])]);
    }

    #[test]
    fn weights_count() {
        let tree = CountedTree::new(vec![GrownNode::Leaf], &sample(), [0, 1, 3, 0]);
        let mut leaves = Leaves::default();
        tree.freeze(20, &mut leaves);
        assert_eq!(leaves.into_vec(), [vec![(0, 16384), (1, 49151)]] as [Leaf; 1]);
    }

    #[test]
    fn nodes_without_rows_follow_their_parent_and_equal_leaves_merge() {
        // Nothing goes right at the root; below it everything is without rows.
        let nodes = vec![split(0, 3.0, 1, 2), GrownNode::Leaf, split(0, 9.0, 3, 4), GrownNode::Leaf, GrownNode::Leaf];
        let tree = CountedTree::new(nodes, &sample(), [1, 1, 1, 1]);
        let mut leaves = Leaves::default();
        assert_eq!(tree.freeze(20, &mut leaves), [Node::Leaf { leaf: 0 }]);
        assert_eq!(leaves.into_vec().len(), 1);
    }
}
