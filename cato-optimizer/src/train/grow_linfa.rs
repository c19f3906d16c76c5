//! Trees fitted by `linfa-trees`.
//!
//! A fit is not reproducible: the trainer sums impurities in `f32` in the order of hash maps, whose hashes differ from
//! map to map, so that splits that are nearly as good as each other win by chance. It also never parts values nearer
//! than 1e-5.

use linfa::traits::Fit;
use linfa_trees::{DecisionTree, TreeNode};
use ndarray::{Array1, Array2};

use super::error::TrainError;
use super::sample::Sample;
use super::tree::{CountedTree, GrownNode};

/// One tree over all rows.
pub(super) fn tree(sample: &Sample, max_depth: usize) -> Result<CountedTree, TrainError> {
    let values = sample.values.iter().copied().map(f64::from).collect();
    let records = Array2::from_shape_vec((sample.classes.len(), sample.columns), values)?;
    let targets: Array1<usize> = sample.classes.iter().map(|&class| class.into()).collect();
    let fitted =
        DecisionTree::<f64, usize>::params().max_depth(Some(max_depth)).fit(&linfa::Dataset::new(records, targets))?;

    let mut nodes = Vec::new();
    copy(fitted.root_node(), &mut nodes);
    Ok(CountedTree::new(nodes, sample, std::iter::repeat(1)))
}

/// Copies a subtree behind the nodes that there are, and gives its place.
fn copy(node: &TreeNode<f64, usize>, nodes: &mut Vec<GrownNode>) -> u32 {
    let place = nodes.len();
    nodes.push(GrownNode::Leaf);
    if let [Some(left), Some(right)] = node.children()[..]
        && !node.is_leaf()
    {
        let (feature, threshold, _) = node.split();
        let (left, right) = (copy(left, nodes), copy(right, nodes));
        nodes[place] = GrownNode::Split { feature: feature as u16, threshold: rounded_down(threshold), left, right };
    }
    place as u32
}

/// The largest `f32` up to `value`: `row <= value` and `row <= rounded_down(value)` are the same for every `f32` row.
///
/// The fit parts rows by `<=`, as frozen trees do; that linfa's own prediction compares by `<` is left behind here.
fn rounded_down(value: f64) -> f32 {
    let nearest = value as f32;
    if f64::from(nearest) > value { nearest.next_down() } else { nearest }
}

#[cfg(test)]
mod tests {
    use super::rounded_down;

    #[test]
    fn a_threshold_between_two_floats_becomes_the_lower() {
        let (low, high) = (16_777_216.0f32, 16_777_218.0f32);
        assert_eq!(rounded_down(f64::midpoint(low.into(), high.into())), low);
        assert_eq!(rounded_down(f64::from(high) - 0.25), low);
        assert_eq!(rounded_down(high.into()), high);
        assert_eq!(rounded_down(-0.1), -0.1f32.next_up().next_down());
    }
}
