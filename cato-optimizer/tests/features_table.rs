//! `cato features` writes the golden features: the columns are the contract's, and the numbers, read back as `f32`, are
//! those of the independent implementation in `tests/reference`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/golden");
const KEY: [&str; 7] =
    ["key_s_addr", "key_s_port", "key_d_addr", "key_d_port", "first_ts_ns", "packets", "packets_used"];

/// One flow: column to value, as text.
type Row = BTreeMap<String, String>;

#[test]
fn tables_hold_the_golden_features() {
    let cache = TempDir::new().unwrap();
    for (require_syn, captures) in captures() {
        for depth in ["1", "2", "3", "10", "50", "all"] {
            let expected: Vec<_> = captures.iter().flat_map(|name| golden(name, depth)).collect();
            for format in ["csv", "jsonl"] {
                let text = features(cache.path(), &captures, require_syn, depth, format);
                let found = if format == "csv" { from_csv(&text) } else { from_jsonl(&text) };
                assert_eq!(found.len(), expected.len(), "depth {depth}, {format}: number of flows");
                for (found, (file, expected)) in found.iter().zip(&expected) {
                    let place = format!("{file} at depth {depth} in {format}");
                    assert_eq!(&found["file"], file, "{place}");
                    require_equal(found, expected, &place);
                }
            }
        }
    }
}

#[test]
fn columns_are_the_contract() {
    let cache = TempDir::new().unwrap();
    let text = features(cache.path(), &["three_packets".to_owned()], true, "all", "csv");
    let header: Vec<_> = text.lines().next().unwrap().split(',').collect();
    let first = ["file", "key_proto", "key_s_addr", "key_s_port", "key_d_addr", "key_d_port", "first_ts_ns", "packets"];
    assert_eq!(header[..8], first);
    assert_eq!(header[8..11], ["packets_used", "dur", "proto"]);
    assert_eq!(header[9 + 66], "fin_cnt");
    assert_eq!(header[9 + 67..], ["label"], "no part without --split");
}

fn require_equal(found: &Row, expected: &Row, place: &str) {
    for column in KEY {
        assert_eq!(found[column], expected[column], "{place}: {column}");
    }
    for (column, bits) in expected.iter().filter(|(column, _)| *column != "depth" && !is_key(column)) {
        let value: f32 = found[column].parse().expect("a number");
        assert_eq!(format!("{:08x}", value.to_bits()), *bits, "{place}: {column} is {value}");
    }
}

fn is_key(column: &str) -> bool {
    column == "key_proto" || KEY.contains(&column)
}

/// The captures by how they are read.
fn captures() -> BTreeMap<bool, Vec<String>> {
    let text = std::fs::read_to_string(Path::new(GOLDEN).join("captures.toml")).expect("in the repository");
    let manifest: toml::Table = toml::from_str(&text).expect("a sound manifest");
    let mut captures: BTreeMap<bool, Vec<String>> = BTreeMap::new();
    for capture in manifest["capture"].as_array().expect("a list") {
        let name = capture["name"].as_str().expect("a name").to_owned();
        captures.entry(capture["require_syn"].as_bool().expect("true or false")).or_default().push(name);
    }
    captures
}

/// File name and columns of each flow of a capture, in order.
fn golden(name: &str, depth: &str) -> Vec<(String, Row)> {
    let text =
        std::fs::read_to_string(Path::new(GOLDEN).join(format!("features/{name}.csv"))).expect("in the repository");
    let rows = from_csv(&text).into_iter().filter(|row| row["depth"] == depth);
    rows.map(|row| (format!("{name}.pcap"), row)).collect()
}

fn features(cache: &Path, captures: &[String], require_syn: bool, depth: &str, format: &str) -> String {
    let path = |name: &String| PathBuf::from(GOLDEN).join(format!("captures/{name}.pcap"));
    let mut cato = Command::new(env!("CARGO_BIN_EXE_cato"));
    cato.arg("features").arg("--pcap").args(captures.iter().map(path));
    cato.args(["--depth", depth, "--format", format, "--require-syn", if require_syn { "true" } else { "false" }]);
    let output = cato.arg("--cache").arg(cache).output().expect("the program runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

fn from_csv(text: &str) -> Vec<Row> {
    csv::Reader::from_reader(text.as_bytes()).deserialize().map(|row| row.expect("a sound table")).collect()
}

fn from_jsonl(text: &str) -> Vec<Row> {
    let plain = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let row = |line| {
        let object: serde_json::Map<String, Value> = serde_json::from_str(line).expect("an object on each line");
        object.iter().map(|(column, value)| (column.clone(), plain(value))).collect()
    };
    text.lines().map(row).collect()
}
