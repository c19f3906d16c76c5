//! Training on labelled captures of real apps.

use std::collections::BTreeMap;
use std::path::Path;

use cato_codegen::catalog::FeatureId;
use cato_codegen::model::Model;
use cato_codegen::spec::Depth;
use cato_optimizer::train::{
    Dataset, ModelChoice, Part, Split, SplitBy, TrainOptions, TreeTrainer, feature_matrix, mutual_information, score,
    train,
};
use cato_traffic::{FlowRecords, Inputs, LabelSource, Labels, RecordOptions};

#[test]
fn real_apps_are_told_apart() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/mobile_apps");
    if !folder.exists() {
        println!("skipped: {} is not there", folder.display());
        return;
    }
    let inputs = Inputs::collect(&[folder.join("pcaps")]).unwrap();
    let records = FlowRecords::read(&inputs, &RecordOptions::default()).unwrap();
    let labels = Labels::assign(&LabelSource::Flows(folder.join("labels.csv")), &records).unwrap();
    let dataset = Dataset::of_records(&records, &labels, 20).unwrap();
    assert_eq!(dataset.len() + dataset.dropped().iter().map(|class| class.flows).sum::<usize>(), {
        records.flows.len() - dataset.unlabelled()
    });

    // Several apps have a single capture.
    let split = Split::new(&dataset, None, 1).unwrap();
    assert_eq!(split.by(), SplitBy::Flow);
    assert!(Split::new(&dataset, Some(SplitBy::Capture), 1).is_err());

    let all = FeatureId::ALL.iter().map(|feature| feature.index()).collect();
    let ended = feature_matrix(&records, &dataset, all, Depth::All, 2).unwrap();
    let information = mutual_information(&ended, &dataset, &split.rows(Part::Train), 1);
    let information: BTreeMap<&str, f64> = ended.columns().iter().map(String::as_str).zip(information).collect();
    // No app has that flag set: that it is undefined for UDP is all that it tells.
    assert!((information["cwr_cnt"] - information["proto"]).abs() < 0.01, "{information:?}");
    assert!(information["s_bytes_sum"] > 0.1, "{information:?}");

    let matrix = feature_matrix(&records, &dataset, all, Depth::Packets(10), 2).unwrap();
    for choice in [ModelChoice::DecisionTree(TreeTrainer::Rafor), ModelChoice::RandomForest] {
        let trained = train(&matrix, &dataset, &split, &TrainOptions { choice, seed: 1, threads: 2 }).unwrap();
        let test = score(&trained.model, &matrix, &dataset, &split.rows(Part::Test));
        println!(
            "{choice:?}: {} features, depth {}, validation {:.3}, test {:.3}, {:?}",
            matrix.columns().len(),
            trained.max_depth,
            trained.validation.macro_f1,
            test.macro_f1,
            trained.elapsed
        );
        trained.model.validate().unwrap();
        assert_eq!(Model::from_json(&trained.model.to_json()).unwrap(), trained.model);
        // One of eight classes by chance.
        assert!(trained.validation.macro_f1 > 0.45 && test.macro_f1 > 0.45);
    }
}
