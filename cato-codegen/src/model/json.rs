//! Models as JSON text: compact, in columns, every threshold exact.
//!
//! A tree is three columns: `feature` has one entry for each node in preorder, -1 for a leaf; `threshold` one for each
//! split and `leaf` one for each leaf, in that same order. Right children follow from the preorder. A threshold is
//! written as the `f64` that equals it.

use serde::{Deserialize, Serialize};

use super::{Leaf, MODEL_VERSION, Model, ModelError, ModelKind, Node, Tree};

const LEAF: i32 = -1;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    version: u32,
    kind: ModelKind,
    features: Vec<String>,
    classes: Vec<String>,
    leaves: Vec<Leaf>,
    trees: Vec<Columns>,
}

/// The part of a document that every version has.
#[derive(Deserialize)]
struct Versioned {
    version: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Columns {
    feature: Vec<i32>,
    threshold: Vec<f64>,
    leaf: Vec<u32>,
}

impl Model {
    /// Reads a model and validates it.
    ///
    /// # Errors
    /// Where the text is not such a model, with line and column, or breaks a rule that
    /// [`validate`](Self::validate) names.
    pub fn from_json(text: &str) -> Result<Self, ModelError> {
        let document: Document = serde_json::from_str(text).map_err(|error| {
            // Another version may well have another shape, and is the better thing to say of it.
            match serde_json::from_str(text) {
                Ok(Versioned { version }) if version != MODEL_VERSION => ModelError::Version { found: version },
                _ => ModelError::Json { line: error.line(), column: error.column(), reason: reason(&error) },
            }
        })?;
        let Document { version, kind, features, classes, leaves, trees } = document;
        if version != MODEL_VERSION {
            return Err(ModelError::Version { found: version });
        }
        let trees = trees.iter().enumerate().map(|(number, columns)| columns.tree(number)).collect::<Result<_, _>>()?;
        let model = Self { kind, features, classes, leaves, trees };
        model.validate()?;
        Ok(model)
    }

    /// Writes a valid model so that [`from_json`](Self::from_json) reads back the same.
    #[must_use]
    pub fn to_json(&self) -> String {
        let document = Document {
            version: MODEL_VERSION,
            kind: self.kind,
            features: self.features.clone(),
            classes: self.classes.clone(),
            leaves: self.leaves.clone(),
            trees: self.trees.iter().map(|tree| Columns::of(tree)).collect(),
        };
        let mut text = serde_json::to_string(&document).expect("strings and numbers in lists can be written");
        text.push('\n');
        text
    }
}

/// The parser's words without the position, which stands apart.
fn reason(error: &serde_json::Error) -> String {
    let words = error.to_string();
    words.rsplit_once(" at line ").map_or(words.clone(), |(reason, _)| reason.to_owned())
}

impl Columns {
    fn of(tree: &[Node]) -> Self {
        let mut columns = Self { feature: Vec::with_capacity(tree.len()), threshold: Vec::new(), leaf: Vec::new() };
        for node in tree {
            match *node {
                Node::Split { feature, threshold, .. } => {
                    columns.feature.push(i32::from(feature));
                    columns.threshold.push(f64::from(threshold));
                }
                Node::Leaf { leaf } => {
                    columns.feature.push(LEAF);
                    columns.leaf.push(leaf);
                }
            }
        }
        columns
    }

    fn tree(&self, number: usize) -> Result<Tree, ModelError> {
        let invalid = |what: &str| ModelError::Invalid { reason: format!("tree {number}: {what}") };
        let mut thresholds = self.threshold.iter();
        let mut leaves = self.leaf.iter();
        let mut tree = Tree::with_capacity(self.feature.len());
        // Splits whose right child is still to come.
        let mut open = Vec::new();
        for &feature in &self.feature {
            let at = u32::try_from(tree.len()).map_err(|_| invalid("more nodes than can be numbered"))?;
            // After a leaf, the next node is the right child of the last split without one.
            if let Some(Node::Leaf { .. }) = tree.last() {
                let parent: usize = open.pop().ok_or_else(|| invalid("nodes after the end of the tree"))?;
                if let Some(Node::Split { right, .. }) = tree.get_mut(parent) {
                    *right = at;
                }
            }
            if feature == LEAF {
                let &leaf = leaves.next().ok_or_else(|| invalid("fewer leaves than its nodes say"))?;
                tree.push(Node::Leaf { leaf });
                continue;
            }
            let feature = u16::try_from(feature).map_err(|_| invalid("a feature out of range"))?;
            let &exact = thresholds.next().ok_or_else(|| invalid("fewer thresholds than its nodes say"))?;
            let threshold = exact as f32;
            if f64::from(threshold) != exact {
                return Err(invalid(&format!("the threshold {exact:?} is not a 32-bit float")));
            }
            open.push(tree.len());
            tree.push(Node::Split { feature, threshold, right: 0 });
        }
        if !open.is_empty() || tree.is_empty() {
            return Err(invalid("nodes are missing at its end"));
        }
        if thresholds.next().is_some() || leaves.next().is_some() {
            return Err(invalid("more thresholds or leaves than its nodes say"));
        }
        Ok(tree)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Vote;
    use super::{Model, ModelError, ModelKind, Node};

    fn model(thresholds: &[f32]) -> Model {
        let tree = |threshold| {
            vec![
                Node::Split { feature: 1, threshold, right: 4 },
                Node::Split { feature: 0, threshold: -1.0, right: 3 },
                Node::Leaf { leaf: 0 },
                Node::Leaf { leaf: 1 },
                Node::Leaf { leaf: 1 },
            ]
        };
        Model {
            kind: ModelKind::RandomForest { vote: Vote::Hard },
            features: vec!["dur".to_owned(), "s_load".to_owned()],
            classes: vec!["a \"quoted\" name".to_owned(), "b".to_owned()],
            leaves: vec![vec![(0, 65_535)], vec![(0, 1), (1, 65_534)]],
            trees: thresholds.iter().map(|&threshold| tree(threshold)).collect(),
        }
    }

    #[test]
    fn every_threshold_survives_exactly() {
        let mut thresholds = vec![
            0.0,
            -0.0,
            0.1,
            -1.0,
            f32::MIN_POSITIVE,
            f32::from_bits(1),
            f32::from_bits(0x007f_ffff),
            f32::MAX,
            f32::MIN,
            16_777_217.0,
            1.0 + f32::EPSILON,
        ];
        let mut bits = 12_345u32;
        for _ in 0..2_000 {
            bits = bits.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            thresholds.extend(Some(f32::from_bits(bits)).filter(|threshold| threshold.is_finite()));
        }
        let model = model(&thresholds);
        let read = Model::from_json(&model.to_json()).unwrap();
        assert_eq!(read, model);
        for (tree, threshold) in read.trees.iter().zip(thresholds) {
            let Node::Split { threshold: read, .. } = tree[0] else { panic!("a split at the root") };
            assert_eq!(read.to_bits(), threshold.to_bits());
        }
    }

    #[test]
    fn damaged_texts_are_refused() {
        let text = model(&[0.5]).to_json();
        let cases = [
            (text.replace("\"version\":1", "\"version\":9"), "version 9"),
            (text.replace("[1,0,-1,-1,-1]", "[1,0,-1,-1]"), "missing at its end"),
            (text.replace("[1,0,-1,-1,-1]", "[1,0,-1,-1,-1,-1]"), "after the end"),
            (text.replace("[1,0,-1,-1,-1]", "[]"), "missing at its end"),
            (text.replace("[1,0,-1,-1,-1]", "[2,0,-1,-1,-1]"), "feature"),
            (text.replace("[0.5,-1.0]", "[0.5]"), "fewer thresholds"),
            (text.replace("[0.5,-1.0]", "[0.5,-1.0,3.0]"), "more thresholds"),
            (text.replace("[0.5,-1.0]", "[0.1,-1.0]"), "not a 32-bit float"),
            (text.replace("[0,1,1]", "[0,1,2]"), "leaf"),
            (text.replace("[0,1,1]", "[0,1]"), "fewer leaves"),
            (text.replace("hard", "loud"), "line 1, column"),
            (text[..text.len() / 2].to_owned(), "line 1, column"),
            ("{\"version\":2}".to_owned(), "version 2"),
            (String::new(), "line 1, column 0"),
        ];
        for (damaged, part) in cases {
            assert_ne!(damaged, text);
            let error = Model::from_json(&damaged).unwrap_err();
            assert!(error.to_string().contains(part), "{error}");
        }
    }

    #[test]
    fn the_place_of_a_syntax_error_is_named_once() {
        let error = Model::from_json("{\n  \"version\": x\n}").unwrap_err();
        assert_eq!(error, ModelError::Json { line: 2, column: 14, reason: "expected value".to_owned() });
    }
}
