//! Rust libraries that fit and predict, each with its own fit of the same rows, to the same depth.

use anyhow::Context as _;
use linfa::traits::{Fit as _, Predict as _};
use ndarray::{Array1, Array2};
use rafor::prelude::*;
use smartcore::ensemble::random_forest_classifier::{RandomForestClassifier, RandomForestClassifierParameters};
use smartcore::linalg::basic::matrix::DenseMatrix;
use smartcore::tree::decision_tree_classifier::{DecisionTreeClassifier, DecisionTreeClassifierParameters};

use super::{Contestant, Data, FEATURES, Kind};

/// Fits all of them. Calls take what each library takes, made ready before: what is timed is one call for one row.
///
/// # Errors
/// Where a library refuses the rows.
pub fn rivals(data: &Data, max_depth: u16, trees: u16) -> anyhow::Result<Vec<Contestant>> {
    let mut contestants = with_smartcore(data, max_depth, trees)?;
    contestants.push(with_linfa(data, max_depth)?);
    contestants.extend(with_rafor(data, max_depth, trees));
    Ok(contestants)
}

fn with_smartcore(data: &Data, max_depth: u16, trees: u16) -> anyhow::Result<Vec<Contestant>> {
    let rows: Vec<Vec<f32>> = data.train.iter().map(|&row| data.matrix.row(row).to_vec()).collect();
    let rows = DenseMatrix::from_2d_vec(&rows)?;
    let classes: Vec<u16> = data.train.iter().map(|&row| data.dataset.classes()[row]).collect();
    let single = || {
        let rows = data.held_out_rows().into_iter();
        rows.map(|row| DenseMatrix::from_2d_vec(&vec![row.to_vec()])).collect::<Result<Vec<_>, _>>()
    };
    let (for_tree, for_forest) = (single()?, single()?);
    let parameters = DecisionTreeClassifierParameters::default().with_max_depth(max_depth);
    let tree = DecisionTreeClassifier::fit(&rows, &classes, parameters)?;
    let parameters = RandomForestClassifierParameters::default().with_max_depth(max_depth).with_n_trees(trees);
    let forest = RandomForestClassifier::fit(&rows, &classes, parameters)?;
    Ok(vec![
        Contestant::new("smartcore", Kind::Tree, move |number, _| tree.predict(&for_tree[number])),
        Contestant::new("smartcore (hard vote)", Kind::Forest, move |number, _| forest.predict(&for_forest[number])),
    ])
}

fn with_linfa(data: &Data, max_depth: u16) -> anyhow::Result<Contestant> {
    let values = data.train.iter().flat_map(|&row| data.matrix.row(row)).copied().collect();
    let records = Array2::from_shape_vec((data.train.len(), FEATURES.len()), values)?;
    let targets: Array1<usize> = data.train.iter().map(|&row| data.dataset.classes()[row].into()).collect();
    let tree = linfa_trees::DecisionTree::<f32, usize>::params()
        .max_depth(Some(max_depth.into()))
        .fit(&linfa::Dataset::new(records, targets))
        .context("linfa-trees could not fit a tree")?;
    let rows = data.held_out_rows().into_iter();
    let rows = rows.map(|row| Array2::from_shape_vec((1, FEATURES.len()), row.to_vec()));
    let rows = rows.collect::<Result<Vec<_>, _>>()?;
    Ok(Contestant::new("linfa-trees", Kind::Tree, move |number, _| tree.predict(&rows[number])))
}

fn with_rafor(data: &Data, max_depth: u16, trees: u16) -> Vec<Contestant> {
    let rows: Vec<f32> = data.train.iter().flat_map(|&row| data.matrix.row(row)).copied().collect();
    let classes: Vec<i64> = data.train.iter().map(|&row| data.dataset.classes()[row].into()).collect();
    let mut trainer = rafor::dt::Classifier::trainer();
    let tree: rafor::dt::Classifier = trainer.with_max_depth(max_depth.into()).train(&rows, &classes);
    let mut trainer = rafor::rf::Classifier::trainer();
    let trainer = trainer.with_max_depth(max_depth.into()).with_trees(trees.into());
    let forest: rafor::rf::Classifier = trainer.train(&rows, &classes);
    vec![
        Contestant::new("rafor", Kind::Tree, move |_, row| tree.predict_one(row)),
        Contestant::new("rafor", Kind::Forest, move |_, row| forest.predict_one(row)),
    ]
}
