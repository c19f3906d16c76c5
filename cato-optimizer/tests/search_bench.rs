//! `cato search-bench`, as its user runs it.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as the tests do")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

const META: &str =
    r#"{"mutual_information": {"dur": 1.0, "odd": 0.5}, "mean_packets_at_depth": [1, 2, 3, 4, 5, 5, 5, 5]}"#;

/// Two features, one of them outside the catalogue, at depths 1 to 8; without `proxy` there is no such column.
fn write_table(path: &Path, proxy: bool) {
    let mut text = format!("feature_set,depth,f1,cost{}\n", if proxy { ",proxy_f1" } else { "" });
    for (place, set) in ["dur", "odd", "\"dur,odd\""].into_iter().enumerate() {
        for depth in 1..=8 {
            let f1 = 0.1 * (place + 1) as f64 + 0.07 * f64::from(depth);
            text += &format!("{set},{depth},{f1},{}", 10 * (place + 1) + depth as usize);
            text += if proxy { ",0.5\n" } else { "\n" };
        }
    }
    std::fs::write(path, text).unwrap();
}

fn cato(folder: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cato"));
    command.arg("search-bench").args(args).current_dir(folder).env_remove("CATO_LOG").output().unwrap()
}

fn json(folder: &Path, args: &[&str]) -> Value {
    let Output { status, stdout, stderr } = cato(folder, &[args, &["--json"]].concat());
    assert!(status.success(), "{status}\n{}", String::from_utf8_lossy(&stderr));
    serde_json::from_slice(&stdout).unwrap()
}

fn refused(folder: &Path, args: &[&str]) -> String {
    let Output { status, stdout, stderr } = cato(folder, args);
    assert_eq!(status.code(), Some(2), "{args:?}");
    assert!(stdout.is_empty());
    String::from_utf8(stderr).unwrap()
}

fn folder() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let path = folder.path().to_owned();
    write_table(&path.join("one.csv"), true);
    write_table(&path.join("two.csv"), false);
    std::fs::write(path.join("one.meta.json"), META).unwrap();
    (folder, path)
}

#[test]
fn the_document_has_the_promised_shape() {
    let (_kept, folder) = folder();
    let args = ["--table", "one.csv", "--table", "two.csv", "--algorithm", "random", "--evaluations", "15"];
    let document = json(&folder, &[&args[..], &["--seeds", "3"]].concat());
    let tables = document["tables"].as_array().unwrap();
    assert_eq!(tables.iter().map(|table| table["table"].as_str().unwrap()).collect::<Vec<_>>(), ["one.csv", "two.csv"]);
    for table in tables {
        assert_eq!(table["algorithm"], "random");
        let marks: Vec<_> = table["at"].as_object().unwrap().keys().collect();
        assert_eq!(marks, ["10", "15"]);
        for mark in marks {
            for measure in ["hvi", "strict"] {
                let spread = table["at"][mark][measure].as_object().unwrap();
                assert_eq!(spread.keys().collect::<Vec<_>>(), ["mean", "sd", "min"]);
                let [mean, sd, min] = ["mean", "sd", "min"].map(|key| spread[key].as_f64().unwrap());
                assert!((0.0..=1.0).contains(&min) && min <= mean && mean <= 1.0 && sd >= 0.0);
                let of_seeds = table["seeds"].as_array().unwrap().iter();
                let of_seeds: Vec<_> = of_seeds.map(|seed| seed["at"][mark][measure].as_f64().unwrap()).collect();
                assert_eq!(of_seeds.len(), 3);
                assert!((of_seeds.iter().sum::<f64>() / 3.0 - mean).abs() < 1e-12);
            }
        }
        assert!(table["overhead_s"].as_f64().unwrap() >= 0.0);
        assert_eq!(table["proxy_readings"], 0.0);
        for goal in ["to_0.95", "to_0.99"] {
            let seeds: Vec<_> = table["seeds"].as_array().unwrap().iter().map(|seed| &seed[goal]).collect();
            assert_eq!(table[goal].is_null(), seeds.iter().any(|count| count.is_null()), "{goal}: {table}");
        }
    }
}

#[test]
fn what_is_never_reached_is_null() {
    let (_kept, folder) = folder();
    let args = ["--table", "one.csv", "--algorithm", "exhaustive", "--seeds", "1", "--evaluations"];
    let early = &json(&folder, &[&args[..], &["12"]].concat())["tables"][0];
    assert!(early["to_0.99"].is_null());
    assert_eq!(early["reached_0.99"], 0);
    let whole = &json(&folder, &[&args[..], &["100"]].concat())["tables"][0];
    assert_eq!(whole["at"]["100"]["hvi"]["min"], 1.0);
    assert!(whole["to_0.99"].as_f64().unwrap() <= 24.0);
    assert_eq!(whole["seeds"][0]["evaluations"], 24);
}

#[test]
fn text_has_a_line_for_each_seed_and_mean_spread_and_worst() {
    let (_kept, folder) = folder();
    let args = ["--table", "one.csv", "--algorithm", "random,cato", "--evaluations", "10", "--seeds", "2"];
    let Output { status, stdout, .. } = cato(&folder, &args);
    assert!(status.success());
    let text = String::from_utf8(stdout).unwrap();
    let blocks: Vec<_> = text.split("\n\n").collect();
    assert_eq!(blocks.len(), 2, "{text}");
    for (block, name) in blocks.iter().zip(["random", "cato"]) {
        assert!(block.starts_with(&format!("{name} on one.csv")), "{block}");
        let first: Vec<_> = block.lines().skip(1).filter_map(|line| line.split_whitespace().next()).collect();
        assert_eq!(first, ["seed", "1", "2", "mean", "spread", "worst"], "{block}");
        assert!(block.contains("HVI 10") && block.contains("strict 10") && !block.contains("HVI 15"), "{block}");
    }
}

#[test]
fn where_only_some_searches_reach_a_goal_the_text_says_how_many() {
    let (_kept, folder) = folder();
    let args = ["--table", "one.csv", "--algorithm", "random", "--evaluations", "16", "--seeds", "8"];
    let document = &json(&folder, &args)["tables"][0];
    let reached = document["reached_0.95"].as_u64().unwrap();
    assert!((1..8).contains(&reached), "the test needs searches that reach it and others: {reached}");
    let text = String::from_utf8(cato(&folder, &args).stdout).unwrap();
    let mean = text.lines().find(|line| line.trim_start().starts_with("mean")).unwrap();
    assert!(mean.contains(&format!("{reached} of 8 do")), "{text}");
}

#[test]
fn without_a_name_it_is_mobo_and_its_readings_of_the_proxy_are_counted() {
    let (_kept, folder) = folder();
    let args = ["--table", "one.csv", "--evaluations", "6", "--seeds", "1"];
    let with = &json(&folder, &args)["tables"][0];
    assert_eq!(with["algorithm"], "mobo");
    assert!(with["proxy_readings"].as_f64().unwrap() > 0.0);
    let without = &json(&folder, &[&args[..], &["--no-proxy"]].concat())["tables"][0];
    assert_eq!(without["proxy_readings"], 0.0);
}

#[test]
fn mistakes_are_named() {
    let (_kept, folder) = folder();
    let unknown = refused(&folder, &["--table", "one.csv", "--algorithm", "genetic"]);
    assert!(unknown.contains("genetic") && unknown.contains("random"), "{unknown}");
    let missing = refused(&folder, &["--table", "none.csv", "--algorithm", "random"]);
    assert!(missing.contains("none.csv"), "{missing}");
    std::fs::write(folder.join("bad.csv"), "feature_set,depth,f1,cost\ndur,1,0.5,10\ndur,2,7,10\n").unwrap();
    let damaged = refused(&folder, &["--table", "bad.csv", "--algorithm", "random"]);
    assert!(damaged.contains("bad.csv, line 3") && damaged.contains("f1 is 7"), "{damaged}");
    std::fs::write(folder.join("bad.json"), "{").unwrap();
    let meta = refused(&folder, &["--table", "two.csv", "--meta", "bad.json", "--algorithm", "random"]);
    assert!(meta.contains("bad.json") && meta.contains("line 1"), "{meta}");
    let args = ["--table", "two.csv", "--meta", "a", "--meta", "b", "--algorithm", "random"];
    let many = refused(&folder, &args);
    assert!(many.contains("2 meta files for 1 tables"), "{many}");
}
