//! The reference pipelines: a packet's update, a flow's extraction, and the whole way from raw frames.

use std::hint::black_box;
use std::time::Duration;

use cato_benches::flows::{Flows, flows};
use cato_benches::{TimedFrame, pipelines, traffic};
use cato_runtime::{
    BatchPipeline, Bucket, Driver, Entry, Finished, FixedStorage, FlowSettings, Pipeline, StaticPipeline,
};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

const FLOWS: usize = 2_000;

fn features(criterion: &mut Criterion) {
    let traffic = traffic(FLOWS);
    macro_rules! at_each_depth {
        ($($set:ident),*) => {$(
            pipeline::<pipelines::$set::Depth3>(criterion, concat!(stringify!($set), " at 3"), &traffic);
            pipeline::<pipelines::$set::Depth10>(criterion, concat!(stringify!($set), " at 10"), &traffic);
            pipeline::<pipelines::$set::Depth50>(criterion, concat!(stringify!($set), " at 50"), &traffic);
            pipeline::<pipelines::$set::DepthAll>(criterion, concat!(stringify!($set), " at all"), &traffic);
        )*};
    }
    at_each_depth!(mini, pc, pcpt, pcpttc, all);
}

fn pipeline<P: Pipeline>(criterion: &mut Criterion, name: &str, traffic: &[TimedFrame]) {
    let frames: Vec<_> = traffic.iter().map(TimedFrame::as_frame).collect();
    let Flows { packets_of_flow } = flows(&frames, P::DEPTH);
    let packets: usize = packets_of_flow.iter().map(Vec::len).sum();
    let mut states = vec![P::start(); packets_of_flow.len()];
    let mut group = criterion.benchmark_group(name);
    group.warm_up_time(Duration::from_millis(300)).measurement_time(Duration::from_secs(1)).sample_size(20);

    group.throughput(Throughput::Elements(packets as u64));
    group.bench_function("update", |bencher| {
        bencher.iter(|| {
            for (state, packets) in states.iter_mut().zip(black_box(&packets_of_flow)) {
                P::reset(state);
                for packet in packets {
                    P::update(state, packet);
                }
            }
            black_box(&mut states);
        });
    });

    group.throughput(Throughput::Elements(packets_of_flow.len() as u64));
    group.bench_function("extraction", |bencher| {
        bencher.iter(|| {
            for state in black_box(&states) {
                black_box(P::extract(state));
            }
        });
    });

    let mut buckets = vec![Bucket::default(); 4 * FLOWS.next_power_of_two()];
    let mut entries = vec![Entry::VACANT; 2 * FLOWS];
    let pipeline = StaticPipeline::<P, _>::new(vec![P::start(); 2 * FLOWS]);
    let storage = FixedStorage::new(&mut buckets, &mut entries);
    // The same driver runs again and again: the end of the input forgets all flows.
    let mut driver = Driver::new(pipeline, FlowSettings::default(), storage);
    let mut row = P::extract(&P::start());
    // There is no model, so what a pipeline says is its features.
    let mut take = |flow: &Finished<'_>, pipeline: &StaticPipeline<P, _>| {
        pipeline.features(flow.slot, row.as_mut());
        black_box(&row);
    };
    group.throughput(Throughput::Elements(frames.len() as u64));
    group.bench_function("raw frames to features", |bencher| {
        bencher.iter(|| {
            driver.run(black_box(&frames), &mut take);
            driver.end_input(&mut take);
        });
    });
    group.finish();
}

criterion_group!(benches, features);
criterion_main!(benches);
