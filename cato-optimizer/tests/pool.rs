//! `cato pool` and `cato simulate` as their user runs them, on a study of a synthetic capture.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as the tests do")]

mod serving;

use std::fs;
use std::path::Path;

use cato_optimizer::operations::{MachineWeights, WEIGHTS_VERSION, Weights};
use cato_serve::PoolFile;
use cato_serve::admission::WorthTable;
use serde_json::Value;
use serving::{cato, done, folder};

/// The capture and the labels of a study, as arguments.
fn source(folder: &Path) -> [String; 4] {
    let path = |name: &str| folder.join(name).display().to_string();
    ["--pcap".into(), path("traffic.pcap"), "--labels".into(), path("labels.csv")]
}

fn study(folder: &Path) {
    done(
        cato(["synth", "--profile", "smoke", "--seed", "5", "--flows", "400", "--out"])
            .arg(folder.join("traffic.pcap"))
            .arg("--labels")
            .arg(folder.join("labels.csv")),
    );
    // So that those of this machine need not be fitted first.
    let weights = MachineWeights {
        version: WEIGHTS_VERSION,
        cpu: "none".to_owned(),
        rustc: "none".to_owned(),
        pipelines: 0,
        median_error: 0.0,
        weights: Weights::usual(),
    };
    weights.write(&folder.join("weights.toml")).unwrap();
    let mut optimize = cato(["optimize", "--cost-model", "operations", "--iterations", "8", "--algorithm", "random"]);
    optimize
        .args(["--max-depth", "10", "--remeasure", "0"])
        .args(source(folder))
        .arg("--study")
        .arg(folder.join("study"));
    done(optimize.arg("--cost-weights").arg(folder.join("weights.toml")));
}

#[test]
fn a_pool_spans_the_front_and_is_simulated_the_same_way_every_time() {
    let folder = folder();
    let folder = folder.path();
    study(folder);
    let pool = folder.join("pool.toml");
    let make = |members: &str| {
        let mut make = cato(["pool", "--json", "--loss", "0.01", "--members", members]);
        make.arg(folder.join("study")).args(source(folder)).arg("--out").arg(&pool);
        make
    };
    let said: Value = serde_json::from_slice(&done(&mut make("auto"))).unwrap();
    let file = PoolFile::from_toml(&fs::read_to_string(&pool).unwrap()).unwrap();
    assert_eq!(said["member"].as_array().map(Vec::len), Some(file.members.len()));
    assert!(!file.members.is_empty() && file.members.len() <= 8);
    assert_eq!(file.constraints.loss, Some(0.01));
    // In ascending order of cost, each is better than the one before; so they are a front by what was measured.
    assert!(file.members.is_sorted_by(|a, b| a.flow_ns < b.flow_ns && a.quality < b.quality), "{:?}", file.members);
    assert!(file.members.iter().all(|member| folder.join(&member.spec).is_file()));
    let worth = folder.join(file.worth.unwrap());
    WorthTable::from_json(&fs::read_to_string(worth).unwrap()).unwrap();

    let best = &file.members[file.members.len() - 1].id;
    let policies = format!("static:{best},threshold,adaptive,sample:{best}+worth,oracle");
    let simulate = || {
        let mut simulate = cato(["simulate", "--json", "--load", "constant:0.2,bursts", "--seeds", "1", "--slowdown"]);
        simulate.args(["50", "--policy", &policies, "--pool"]).arg(&pool).arg("--study").arg(folder.join("study"));
        simulate.args(source(folder)).arg("--report").arg(folder.join("courses.html"));
        done(&mut simulate)
    };
    let first = simulate();
    assert_eq!(first, simulate(), "the same seed, the same bytes");
    assert!(fs::read_to_string(folder.join("courses.html")).unwrap().ends_with("</html>\n"));
    let said: Value = serde_json::from_slice(&first).unwrap();
    let figure = |load: usize, policy: usize, name: &str| {
        said["loads"][load]["policies"][policy]["median"][name].as_f64().unwrap_or_else(|| panic!("{name}: {said}"))
    };
    // Where there is time for everything, all that may choose freely choose the best.
    for policy in [0, 2, 3, 4] {
        assert_eq!((figure(0, policy, "loss"), figure(0, policy, "answered")), (0.0, 1.0));
        assert_eq!(figure(0, policy, "macro_f1"), figure(0, 0, "macro_f1"));
    }
    assert!(figure(1, 2, "loss") <= figure(1, 0, "loss"));

    let unknown = make("e99").output().unwrap();
    assert_eq!(unknown.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("the front has no member e99; it has "));
}
