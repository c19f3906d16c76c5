//! Feature values as the trainers take them.

use std::iter;

use cato_codegen::catalog::FeatureId;
use cato_codegen::diag::Diagnostics;
use cato_codegen::interp::Interpreter;
use cato_codegen::ir::Pipeline;
use cato_codegen::spec::{Depth, SPEC_VERSION, Spec};
use cato_traffic::FlowRecords;

use super::dataset::Dataset;
use crate::candidate::FeatureSet;
use crate::parallel;
use crate::record::flow_record;

/// Feature values, row-major: in training one row for each row of a dataset. All are finite.
#[derive(Clone, Debug, PartialEq)]
pub struct Matrix {
    columns: Vec<String>,
    values: Vec<f32>,
}

/// The features of the flows of a dataset at a depth, as [`Matrix::interpret`] computes them.
///
/// # Errors
///
/// What the compiler has against the features or the depth: there are none, or one is out of range.
pub fn feature_matrix(
    records: &FlowRecords,
    dataset: &Dataset,
    features: FeatureSet,
    depth: Depth,
    threads: usize,
) -> Result<Matrix, Diagnostics> {
    Ok(Matrix::interpret(records, dataset.flows(), &extraction(features, depth)?, threads))
}

/// The pipeline that computes features at a depth, without a model.
///
/// # Errors
///
/// As for [`feature_matrix`].
pub fn extraction(features: FeatureSet, depth: Depth) -> Result<Pipeline, Diagnostics> {
    let names = features.iter().filter_map(FeatureId::by_index).map(|feature| feature.name().to_owned());
    cato_codegen::compile(
        &Spec { version: SPEC_VERSION, name: None, early: vec![], depth, features: names.collect(), model: None },
        &[],
    )
}

impl Matrix {
    /// Takes values row by row; `columns` are the names of the features, never none.
    ///
    /// # Panics
    ///
    /// When the values are no whole number of rows.
    #[must_use]
    pub fn new(columns: Vec<String>, values: Vec<f32>) -> Self {
        assert!(values.len().is_multiple_of(columns.len()), "{} values are no rows of {}", values.len(), columns.len());
        Self { columns, values }
    }

    /// The features of a pipeline for some of the recorded flows, in their order, by the compiler's interpreter: what
    /// the compiled pipeline would compute, to the last bit.
    ///
    /// `records` reach at least as far as the pipeline's depth. `threads` share the work, at least one.
    ///
    /// # Panics
    ///
    /// When there is no such flow in the records.
    #[must_use]
    pub fn interpret(records: &FlowRecords, flows: &[usize], pipeline: &Pipeline, threads: usize) -> Self {
        let interpreter = Interpreter::new(pipeline);
        let chunks: Vec<&[usize]> = flows.chunks(FLOWS_AT_A_TIME).collect();
        let values = parallel::map(chunks.len(), threads, |chunk| {
            let mut values = vec![0.0; chunks[chunk].len() * interpreter.width()];
            let mut packets = Vec::new();
            for (&flow, row) in iter::zip(chunks[chunk], values.chunks_exact_mut(interpreter.width())) {
                let record = flow_record(records, flow, pipeline.depth(), &mut packets).expect("such a flow is there");
                interpreter.features_into(&record, row);
            }
            values
        });
        let columns = pipeline.features().iter().map(|feature| feature.name().to_owned()).collect();
        Self::new(columns, values.concat())
    }

    /// The names of the columns.
    #[must_use]
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The matrix of some of the columns, by place, in the order given.
    ///
    /// # Panics
    ///
    /// When there is no such column, and when none is named.
    #[must_use]
    pub fn select(&self, columns: &[usize]) -> Self {
        let names = columns.iter().map(|&column| self.columns[column].clone()).collect();
        let values = (0..self.rows()).flat_map(|row| columns.iter().map(move |&column| self.row(row)[column]));
        Self::new(names, values.collect())
    }

    /// Number of rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.values.len() / self.columns.len()
    }

    /// The values of a row.
    ///
    /// # Panics
    ///
    /// When there is no such row.
    #[must_use]
    pub fn row(&self, row: usize) -> &[f32] {
        &self.values[row * self.columns.len()..][..self.columns.len()]
    }
}

/// Flows that a thread takes on at a time.
const FLOWS_AT_A_TIME: usize = 256;

#[cfg(test)]
mod tests {
    use cato_codegen::catalog::FeatureId;
    use cato_codegen::spec::Depth;
    use cato_runtime::{Frame, LinkType};
    use cato_traffic::{FlowRecords, RecordOptions, Recorder};

    use super::feature_matrix;
    use crate::candidate::FeatureSet;
    use crate::train::Dataset;

    const FLOWS: u16 = 600;

    /// A UDP packet of `length` bytes over IPv4 from one port of 10.0.0.1 to another.
    fn packet(source: u16, destination: u16, length: u16) -> Vec<u8> {
        let mut packet = vec![0x45, 0];
        packet.extend(length.to_be_bytes());
        packet.extend([0, 0, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 1]);
        packet.extend([source, destination, length - 20, 0].map(u16::to_be_bytes).as_flattened());
        packet.resize(length.into(), 0);
        packet
    }

    /// Flow f from port 1000 + f to port 53: 100 + f bytes there, 40 bytes back a microsecond later, 60 bytes there.
    fn records() -> FlowRecords {
        let mut recorder = Recorder::new(&RecordOptions::default());
        for flow in 0..FLOWS {
            let (client, start) = (1000 + flow, u64::from(flow) * 10_000);
            let packets = [packet(client, 53, 100 + flow), packet(53, client, 40), packet(client, 53, 60)];
            for (data, time_ns) in packets.iter().zip([start, start + 1_000, start + 5_000]) {
                let link = Some(LinkType::RawIp);
                recorder.frame(&Frame { link, wire_len: data.len() as u32, time_ns, data });
            }
        }
        recorder.end_input();
        recorder.finish()
    }

    fn set(names: &[&str]) -> FeatureSet {
        names.iter().map(|name| FeatureId::by_name(name).unwrap().index()).collect()
    }

    #[test]
    fn rows_are_the_kept_flows_and_columns_follow_the_catalogue() {
        let records = records();
        // Every third flow has no label.
        let label = |flow: usize| (!flow.is_multiple_of(3)).then_some(["even", "odd"][flow % 2]);
        let dataset = Dataset::new((0..FLOWS.into()).map(|flow| (0, label(flow))), 20).unwrap();
        let features = set(&["s_bytes_sum", "d_pkt_cnt", "s_port", "dur"]);
        let matrix = feature_matrix(&records, &dataset, features, Depth::Packets(2), 1).unwrap();
        assert_eq!(matrix.columns(), ["dur", "s_port", "d_pkt_cnt", "s_bytes_sum"]);
        assert_eq!(matrix.rows(), dataset.len());
        for (row, &flow) in dataset.flows().iter().enumerate() {
            assert_eq!(matrix.row(row), [1_000.0, 1_000.0 + flow as f32, 1.0, 100.0 + flow as f32]);
        }

        let all = feature_matrix(&records, &dataset, features, Depth::All, 2).unwrap();
        assert_eq!(all.row(0), [5_000.0, 1_001.0, 1.0, 161.0]);
        assert_eq!(all, feature_matrix(&records, &dataset, features, Depth::All, 1).unwrap());
    }

    #[test]
    fn no_features_are_a_mistake() {
        let dataset = Dataset::new((0..6).map(|flow| (0, Some(["a", "b"][flow % 2]))), 3).unwrap();
        assert!(feature_matrix(&records(), &dataset, FeatureSet::EMPTY, Depth::All, 1).is_err());
    }
}
