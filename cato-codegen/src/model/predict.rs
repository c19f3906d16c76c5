//! The reference prediction: what emitted models must answer.

use super::{Model, ModelKind, Node, Prediction, Tree, Vote};

/// A whole vote in fixed point.
const WHOLE: u16 = u16::MAX;

impl Model {
    /// The model's answer to a row with as many values as it has features, in their order, none of them NaN.
    ///
    /// The model is valid. A tie goes to the lowest class.
    #[must_use]
    pub fn predict(&self, row: &[f32]) -> Prediction {
        let mut votes = vec![0u32; self.classes.len()];
        for tree in &self.trees {
            let leaf = &self.leaves[leaf_of(tree, row)];
            match self.kind {
                ModelKind::DecisionTree | ModelKind::RandomForest { vote: Vote::Soft } => {
                    for &(class, share) in leaf {
                        votes[usize::from(class)] += u32::from(share);
                    }
                }
                ModelKind::RandomForest { vote: Vote::Hard } => {
                    let (class, _) = winner(leaf.iter().copied());
                    votes[usize::from(class)] += u32::from(WHOLE);
                }
            }
        }
        let (class, votes) = winner(votes.into_iter().enumerate().map(|(class, votes)| (class as u16, votes)));
        let confidence = votes / u32::try_from(self.trees.len()).unwrap_or(u32::MAX).max(1);
        Prediction { class, confidence: u16::try_from(confidence).unwrap_or(WHOLE) }
    }
}

/// The entry with the most votes, the first of equals; entries come by ascending class.
pub(crate) fn winner<V: Copy + Default + PartialOrd>(votes: impl IntoIterator<Item = (u16, V)>) -> (u16, V) {
    let mut best = (0, V::default());
    for entry in votes {
        if entry.1 > best.1 {
            best = entry;
        }
    }
    best
}

fn leaf_of(tree: &Tree, row: &[f32]) -> usize {
    let mut at = 0;
    loop {
        match tree[at] {
            Node::Split { feature, threshold, right } => {
                at = if row[usize::from(feature)] <= threshold { at + 1 } else { right as usize };
            }
            Node::Leaf { leaf } => return leaf as usize,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Model, ModelKind, Node, Prediction, Vote};

    /// One-leaf trees that answer with the given distributions.
    fn forest(vote: Vote, leaves: &[&[(u16, u16)]]) -> Model {
        Model {
            kind: ModelKind::RandomForest { vote },
            features: vec!["dur".to_owned()],
            classes: ["a", "b", "c"].map(str::to_owned).to_vec(),
            leaves: leaves.iter().map(|leaf| leaf.to_vec()).collect(),
            trees: (0..leaves.len() as u32).map(|leaf| vec![Node::Leaf { leaf }]).collect(),
        }
    }

    #[test]
    fn soft_votes_add_up_and_hard_votes_count() {
        let leaves: [&[(u16, u16)]; 3] = [&[(0, 26_214), (1, 39_321)], &[(0, 26_214), (1, 39_321)], &[(0, 65_535)]];
        let soft = forest(Vote::Soft, &leaves).predict(&[0.0]);
        assert_eq!(soft, Prediction { class: 0, confidence: ((26_214 + 26_214 + 65_535) / 3) as u16 });
        let hard = forest(Vote::Hard, &leaves).predict(&[0.0]);
        assert_eq!(hard, Prediction { class: 1, confidence: 43_690 });
    }

    #[test]
    fn ties_go_to_the_lowest_class() {
        let leaves: [&[(u16, u16)]; 2] = [&[(1, 30_000), (2, 35_535)], &[(1, 35_535), (2, 30_000)]];
        assert_eq!(forest(Vote::Soft, &leaves).predict(&[0.0]).class, 1);
        assert_eq!(forest(Vote::Hard, &leaves).predict(&[0.0]).class, 1);
        let even: [&[(u16, u16)]; 1] = [&[(1, 32_768), (2, 32_768)]];
        assert_eq!(forest(Vote::Hard, &even).predict(&[0.0]).class, 1);
    }

    #[test]
    fn a_value_equal_to_the_threshold_goes_left() {
        let threshold = 0.1f32;
        let mut model = forest(Vote::Soft, &[&[(0, 65_535)], &[(1, 65_535)]]);
        model.kind = ModelKind::DecisionTree;
        model.trees =
            vec![vec![Node::Split { feature: 0, threshold, right: 2 }, Node::Leaf { leaf: 0 }, Node::Leaf { leaf: 1 }]];
        for (value, class) in [(threshold.next_down(), 0), (threshold, 0), (threshold.next_up(), 1), (-1.0, 0)] {
            assert_eq!(model.predict(&[value]), Prediction { class, confidence: 65_535 });
        }
    }
}
