//! Every strategy on models trained on real captures, against the reference prediction: on the flows themselves, and on
//! rows at and beside every threshold.

use std::path::{Path, PathBuf};

use cato_codegen::catalog::FeatureId;
use cato_codegen::model::{Model, Node, Prediction};
use cato_codegen::spec::{Depth, ModelSpec, SPEC_VERSION, Spec, Strategy};
use cato_optimizer::candidate::FeatureSet;
use cato_optimizer::train::{Dataset, Matrix, ModelChoice, ModelSize, TrainOptions, TreeTrainer, feature_matrix, fit};
use cato_tests::kit;
use cato_traffic::{FlowRecords, Inputs, LabelSource, Labels, RecordOptions};

const DEPTH: Depth = Depth::Packets(10);
/// Deep enough for the largest trees that these captures make.
const FULL_DEPTH: usize = 30;

/// The matrix and the classes of a folder of labelled captures, over every third feature of the catalogue; none where it
/// is not there.
fn captured(name: &str) -> Option<(Matrix, Dataset)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/data").join(name);
    if !folder.is_dir() {
        eprintln!("skipped: the captures {} are not there", folder.display());
        return None;
    }
    let records = FlowRecords::read(&inputs(&folder), &RecordOptions::default()).expect("the captures can be read");
    let source = LabelSource::table(&folder.join("labels.csv")).expect("a table of labels");
    let labels = Labels::assign(&source, &records).expect("labels of these captures");
    let dataset = Dataset::of_records(&records, &labels, 20).expect("classes of 20 flows and more");
    let features = (0..FeatureId::ALL.len()).step_by(3).collect::<FeatureSet>();
    let matrix = feature_matrix(&records, &dataset, features, DEPTH, 1).expect("features of the catalogue");
    Some((matrix, dataset))
}

fn inputs(folder: &Path) -> Inputs {
    Inputs::collect(&[folder.join("pcaps")]).expect("captures are there")
}

/// One full tree, and a forest that is small enough to be compiled as nested `if` while somebody waits.
fn models(matrix: &Matrix, dataset: &Dataset) -> [Model; 2] {
    let rows: Vec<usize> = (0..dataset.len()).filter(|row| row % 3 > 0).collect();
    [
        (ModelChoice::DecisionTree(TreeTrainer::Rafor), ModelSize { max_depth: FULL_DEPTH, trees: 1 }),
        (ModelChoice::RandomForest, ModelSize { max_depth: 7, trees: 20 }),
    ]
    .map(|(choice, size)| {
        let options = TrainOptions { choice, seed: 11, threads: 2 };
        fit(matrix, dataset, &rows, &options, size).expect("the trainer takes these flows")
    })
}

/// The rows of the matrix, and for each split one of them with the threshold, its neighbours, and zero of either sign in
/// place of the feature.
fn telling_rows(model: &Model, matrix: &Matrix) -> Vec<Vec<f32>> {
    let mut rows: Vec<Vec<f32>> = (0..matrix.rows()).map(|row| matrix.row(row).to_vec()).collect();
    for (number, node) in model.trees.iter().flatten().enumerate() {
        if let Node::Split { feature, threshold, .. } = *node {
            for value in [threshold.next_down(), threshold, threshold.next_up(), 0.0, -0.0, -1.0] {
                let mut row = matrix.row(number % matrix.rows()).to_vec();
                row[usize::from(feature)] = value;
                rows.push(row);
            }
        }
    }
    rows
}

fn every_strategy_is_exact_on(name: &str) {
    let Some((matrix, dataset)) = captured(name) else { return };
    for model in models(&matrix, &dataset) {
        assert!(model.nodes() > 200, "{name}: a model of {} nodes tells little", model.nodes());
        let rows = telling_rows(&model, &matrix);
        let expected: Vec<Prediction> = rows.iter().map(|row| model.predict(row)).collect();
        for strategy in Strategy::ALL {
            let spec = Spec {
                version: SPEC_VERSION,
                name: None,
                early: vec![],
                depth: DEPTH,
                features: model.features.clone(),
                model: Some(ModelSpec::new("model.json", strategy)),
            };
            let artifact = kit::shared(env!("CARGO_TARGET_TMPDIR")).build(&spec, &[&model]).expect("it compiles");
            let loaded = cato_artifact::Loaded::open(&artifact.library).expect("it can be loaded");
            for (row, expected) in rows.iter().zip(&expected) {
                let verdict = loaded.predict(row);
                let found = Prediction { class: verdict.class, confidence: verdict.confidence };
                assert_eq!(found, *expected, "{name}, {}: {row:?}", strategy.name());
            }
        }
    }
}

#[test]
fn every_strategy_is_exact_on_iot_sentinel() {
    every_strategy_is_exact_on("iot_sentinel");
}

#[test]
fn every_strategy_is_exact_on_mobile_apps() {
    every_strategy_is_exact_on("mobile_apps");
}
