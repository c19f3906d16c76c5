//! The tree type that `rafor` is given to fit.

use rafor::{Resolve, Trainable};

use crate::train::tree::{GrownNode, leaf_of};

/// Nodes in the order in which they were made: children after their parent, the right one next to the left.
pub(super) struct Grown {
    pub(super) nodes: Vec<GrownNode>,
    /// By node: which of rafor's leaf distributions it has, if it is a leaf.
    values: Vec<u32>,
}

impl Trainable for Grown {
    type Handle = u32;

    fn new() -> Self {
        Self { nodes: vec![GrownNode::Leaf], values: vec![0] }
    }

    fn root(&self) -> u32 {
        0
    }

    fn split(&mut self, handle: &u32, feature: u16, threshold: f32) -> (u32, u32) {
        let left = self.nodes.len() as u32;
        let right = left + 1;
        self.nodes[*handle as usize] = GrownNode::Split { feature, threshold, left, right };
        self.nodes.extend([GrownNode::Leaf; 2]);
        self.values.extend([0; 2]);
        (left, right)
    }

    fn set_leaf_value(&mut self, handle: &u32, value: u32) {
        self.values[*handle as usize] = value;
    }
}

impl Resolve for Grown {
    fn resolve(&self, sample: &[f32]) -> u32 {
        self.values[leaf_of(&self.nodes, sample)]
    }
}
