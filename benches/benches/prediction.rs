//! Prediction of held-out rows, one at a time: cato's strategies beside libraries that fit and predict.

use cato_artifact::Kit;
use cato_benches::prediction::{
    Data, Kind, MAX_DEPTH, NOISE, TREES, build, cache, captures, forest_of, rivals, tree_of,
};
use cato_codegen::spec::Strategy;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

fn prediction(criterion: &mut Criterion) {
    let data = Data::load(&captures(), NOISE).expect("captures that are there can be read");
    let kit = Kit::prepare(&cache()).expect("the kit builds wherever the workspace does");
    let tree = tree_of(&data, MAX_DEPTH.into()).expect("the rows make a tree");
    let forest = forest_of(&data, TREES, MAX_DEPTH.into()).expect("the rows make a forest");
    let mut contestants = rivals(&data, MAX_DEPTH, TREES).expect("the rows make models of other libraries");
    for (model, kind, strategy) in [
        (&tree, Kind::Tree, Strategy::NestedIf),
        (&tree, Kind::Tree, Strategy::ConstTable),
        (&forest, Kind::Forest, Strategy::ConstTable),
    ] {
        let built = build(&kit, model, strategy).expect("models compile");
        contestants.push(built.contestant(format!("cato, {}", strategy.name()), kind));
    }
    let rows = data.held_out_rows();
    for kind in [Kind::Tree, Kind::Forest] {
        let mut group = criterion.benchmark_group(kind.to_string());
        group.throughput(Throughput::Elements(rows.len() as u64));
        for contestant in contestants.iter().filter(|contestant| contestant.kind == kind) {
            group.bench_function(&contestant.name, |bencher| bencher.iter(|| contestant.pass(&rows)));
        }
        group.finish();
    }
}

criterion_group!(benches, prediction);
criterion_main!(benches);
