//! Every target with its seeds, and with a number of inputs made of them that `CATO_FUZZ_INPUTS` sets.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests too")]

use std::fs;
use std::panic::catch_unwind;

use cato_fuzz_targets::{Mutator, TARGETS, Target, seeds};

const INPUTS: u64 = 10_000;

fn inputs() -> u64 {
    std::env::var("CATO_FUZZ_INPUTS").ok().map_or(INPUTS, |number| number.parse().unwrap())
}

fn target(name: &str) -> Target {
    TARGETS.into_iter().find(|target| target.name == name).unwrap()
}

fn read_seeds(name: &str) -> Vec<Vec<u8>> {
    let mut paths: Vec<_> = fs::read_dir(seeds(name)).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(!paths.is_empty());
    paths.iter().map(|path| fs::read(path).unwrap()).collect()
}

/// Runs the target; where it panics, the input is written down for cargo-fuzz and for reading.
fn try_input(target: Target, input: &[u8]) {
    if catch_unwind(|| (target.run)(input)).is_err() {
        let path = std::env::temp_dir().join(format!("cato-{}-{}", target.name, std::process::id()));
        fs::write(&path, input).unwrap();
        panic!("{}: a promise is broken by the input in {}", target.name, path.display());
    }
}

fn try_target(name: &str) {
    let (target, seeds) = (target(name), read_seeds(name));
    for seed in &seeds {
        try_input(target, seed);
    }
    let mut mutator = Mutator::new(1, &seeds, target.words);
    for _ in 0..inputs() {
        try_input(target, &mutator.next_input());
    }
}

#[test]
fn frames() {
    try_target("frames");
}

#[test]
fn captures() {
    try_target("capture");
}

#[test]
fn specs() {
    try_target("spec");
}

#[test]
fn models() {
    try_target("model");
}

#[test]
fn labels() {
    try_target("labels");
}

#[test]
fn inputs_repeat() {
    let seeds = read_seeds("labels");
    let some = || {
        let mut mutator = Mutator::new(7, &seeds, &["word"]);
        (0..50).map(|_| mutator.next_input()).collect::<Vec<_>>()
    };
    assert_eq!(some(), some());
    assert!(some().iter().any(|input| !seeds.contains(input)));
}

#[test]
fn every_target_has_a_program() {
    let programs = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz_targets");
    for target in TARGETS {
        let program = fs::read_to_string(programs.join(format!("{}.rs", target.name))).unwrap();
        assert!(program.contains(&format!("cato_fuzz_targets::{}::run", target.name)));
    }
    assert_eq!(fs::read_dir(programs).unwrap().count(), TARGETS.len());
}
