//! Labelled captures of real devices.

mod common;

use cato_runtime::Skip;
use cato_traffic::{FlowRecords, Inputs, LabelSource, Labels, RecordOptions};

#[test]
fn every_flow_has_its_label() {
    for name in ["iot_sentinel", "mobile_apps"] {
        let Some(folder) = common::data(name) else { return };
        let inputs = Inputs::collect(&[folder.join("pcaps")]).unwrap();
        let options = RecordOptions { max_depth: Some(50), ..RecordOptions::default() };
        let records = FlowRecords::read(&inputs, &options).unwrap();
        let labels = Labels::assign(&LabelSource::Flows(folder.join("labels.csv")), &records).unwrap();
        println!("{name}: {} files, {} flows, {:?}", records.files.len(), records.flows.len(), records.counts);
        assert!(records.warnings.is_empty(), "{:?}", records.warnings);
        assert!(records.flows.len() > 1000);
        assert!(labels.unlabelled() * 100 <= records.flows.len() as u64, "{} without a label", labels.unlabelled());
        assert_eq!(records.counts.skipped(Skip::UnknownLink), 0);
    }
}
