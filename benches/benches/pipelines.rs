//! The crates under `generated/`: from raw frames to verdicts, and prediction alone.

use std::hint::black_box;

use cato_benches::traffic;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

const FLOWS: usize = 2_000;

/// The benches of one vendored crate. Each crate has a runtime of its own, so what is generic in the runtime's types has to
/// be written out for each.
macro_rules! pipeline {
    ($criterion:expr, $name:ident) => {{
        use $name::Classifier;
        use $name::rt::{
            BatchPipeline, Bucket, Driver, Entry, FixedStorage, FlowSettings, Frame, LinkType, Pipeline, StaticPipeline,
        };

        let traffic = traffic(FLOWS);
        let frames: Vec<_> = traffic
            .iter()
            .map(|frame| Frame {
                link: Some(LinkType::Ethernet),
                wire_len: frame.data.len() as u32,
                time_ns: frame.time_ns,
                data: &frame.data,
            })
            .collect();
        let mut buckets = vec![Bucket::default(); 4 * FLOWS.next_power_of_two()];
        let mut entries = vec![Entry::VACANT; 2 * FLOWS];
        let pipeline = StaticPipeline::<Classifier, _>::new(vec![Classifier::start(); 2 * FLOWS]);
        let storage = FixedStorage::new(&mut buckets, &mut entries);
        let mut driver = Driver::new(pipeline, FlowSettings::default(), storage).stepwise();
        let mut rows = Vec::new();
        let mut keep = |flow: &$name::rt::Finished, pipeline: &StaticPipeline<Classifier, _>| {
            let mut row = Classifier::extract(&Classifier::start());
            pipeline.features(flow.slot, row.as_mut());
            rows.push(row);
        };
        driver.run(&frames, &mut keep);
        driver.end_input(&mut keep);

        let mut buckets = vec![Bucket::default(); 4 * FLOWS.next_power_of_two()];
        let mut entries = vec![Entry::VACANT; 2 * FLOWS];
        let pipeline = StaticPipeline::<Classifier, _>::new(vec![Classifier::start(); 2 * FLOWS]);
        let storage = FixedStorage::new(&mut buckets, &mut entries);
        // The same driver runs again and again: the end of the input forgets all flows.
        let mut driver = Driver::new(pipeline, FlowSettings::default(), storage);
        let mut group = $criterion.benchmark_group(stringify!($name));
        group.throughput(Throughput::Elements(rows.len() as u64));
        group.bench_function("frames to verdicts", |bencher| {
            bencher.iter(|| {
                driver.run(black_box(&frames), |flow, _| {
                    black_box(flow.verdict);
                });
                driver.end_input(|flow, _| {
                    black_box(flow.verdict);
                });
            });
        });
        group.bench_function("prediction", |bencher| {
            bencher.iter(|| {
                for row in black_box(&rows) {
                    black_box(Classifier::predict(row));
                }
            });
        });
        group.finish();
    }};
}

fn pipelines(criterion: &mut Criterion) {
    pipeline!(criterion, demo_decision_tree);
    pipeline!(criterion, demo_random_forest);
}

criterion_group!(benches, pipelines);
criterion_main!(benches);
