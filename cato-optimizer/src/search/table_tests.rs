//! Tables as they are written by hand, whole and damaged.

use std::path::PathBuf;

use cato_codegen::catalog::FeatureId;
use cato_codegen::spec::Depth;

use super::{Objectives, Reach, SearchTable};
use crate::candidate::{Candidate, FeatureSet};

const HEADER: &str = "feature_set,depth,f1,cost\n";

/// Files in a folder of their own.
struct Files(tempfile::TempDir);

impl Files {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    fn table(&self, content: impl AsRef<[u8]>) -> Result<SearchTable, String> {
        SearchTable::read(&self.write("table.csv", content), None).map_err(|error| error.to_string())
    }

    fn with_meta(&self, meta: &str) -> Result<SearchTable, String> {
        let csv = self.write("table.csv", format!("{HEADER}dur,1,0.5,10\ns_load,2,0.6,20\n"));
        SearchTable::read(&csv, Some(&self.write("meta.json", meta))).map_err(|error| error.to_string())
    }
}

fn place(name: &str) -> usize {
    FeatureId::by_name(name).unwrap().index()
}

fn candidate(features: &[usize], depth: u16) -> Candidate {
    Candidate { features: features.iter().copied().collect(), depth: Depth::Packets(depth) }
}

#[test]
fn rows_are_found_by_features_and_depth() {
    let rows = "depth,latency_ns,proxy_f1,feature_set,f1,cost\n3,9,0.4,\"s_load, dur\",0.5,10\n1,9,,dur,0.25,2.5\n";
    let table = Files::new().table(rows).unwrap();
    let both = table.row(&candidate(&[place("dur"), place("s_load")], 3)).unwrap();
    assert_eq!(both.objectives, Objectives { quality: 0.5, cost: 10.0 });
    assert_eq!(both.proxy_f1, Some(0.4));
    assert_eq!(table.row(&candidate(&[place("dur")], 1)).unwrap().proxy_f1, None);
    assert_eq!(table.row(&candidate(&[place("dur")], 3)), None);
    assert_eq!(table.space().size(), 3 * 3);

    let (mut knowledge, readings) = table.knowledge(true);
    let proxy = knowledge.proxy.as_mut().unwrap();
    let known = candidate(&[place("dur"), place("s_load")], 3);
    assert_eq!(proxy.read(&known), Some(0.4));
    assert_eq!(proxy.read(&known), Some(0.4));
    assert_eq!(proxy.read(&candidate(&[place("dur")], 1)), None);
    assert_eq!(readings.get(), 3);
    assert!(table.knowledge(false).0.proxy.is_none());
    assert_eq!(knowledge.reach[2], Reach { source: 1.5, destination: 1.5 });
}

#[test]
fn names_outside_the_catalogue_have_places_behind_it() {
    let table = Files::new().table(format!("{HEADER}zeta,1,0.1,5\n\"zeta,alpha\",1,0.2,6\nalpha,1,0.3,7\n")).unwrap();
    let (zeta, alpha) = (FeatureId::ALL.len(), FeatureId::ALL.len() + 1);
    assert_eq!(table.space().features(), [zeta, alpha]);
    assert_eq!(table.row(&candidate(&[zeta, alpha], 1)).unwrap().objectives.cost, 6.0);
    assert_eq!(table.row(&candidate(&[alpha], 1)).unwrap().objectives.cost, 7.0);
}

#[test]
fn a_damaged_row_is_named_by_its_line() {
    let files = Files::new();
    let good = "dur,1,0.5,10\n";
    for (line, row, word) in [
        (2, "dur,1,1.5,10\n", "f1"),
        (2, "dur,1,nan,10\n", "f1"),
        (2, "dur,1,0.5,0\n", "cost"),
        (2, "dur,1,0.5,inf\n", "cost"),
        (2, "dur,0,0.5,10\n", "depth"),
        (2, "dur,70000,0.5,10\n", "depth"),
        (2, "dur,-1,0.5,10\n", "depth"),
        (2, "dur,one,0.5,10\n", "depth"),
        (2, "\" , \",1,0.5,10\n", "feature"),
        (2, "dur,1,0.5\n", "fields"),
        (3, &format!("{good}{good}"), "earlier line"),
        (5, &format!("{good}\"dur\n,s_load\",2,0.5,10\nx,1,,3\n"), "f1"),
    ] {
        let said = files.table(format!("{HEADER}{row}")).unwrap_err();
        assert!(said.contains("table.csv") && said.contains(&format!("line {line}")), "{row:?}: {said}");
        assert!(said.contains(word), "{row:?}: {said}");
    }
    let mut bytes = format!("{HEADER}{good}").into_bytes();
    bytes.extend(b"\xff\xfe,2,0.5,10\n");
    assert!(files.table(bytes).unwrap_err().contains("line 3"));
}

#[test]
fn a_table_without_rows_or_columns_is_refused() {
    let files = Files::new();
    for content in ["", "\n", HEADER, "\u{0}\u{1}\u{2}"] {
        assert!(files.table(content).unwrap_err().contains("table.csv"), "{content:?}");
    }
    let said = files.table("feature_set,depth,f1\ndur,1,0.5\n").unwrap_err();
    assert!(said.contains("line 2") && said.contains("cost"), "{said}");
    let missing = SearchTable::read(&files.0.path().join("none.csv"), None).unwrap_err().to_string();
    assert!(missing.contains("none.csv"), "{missing}");
}

#[test]
fn more_names_than_places_are_an_error() {
    let rows: String = (0..200).map(|name| format!("name{name},1,0.5,10\n")).collect();
    let said = Files::new().table(format!("{HEADER}{rows}")).unwrap_err();
    assert!(said.contains("more features"), "{said}");
}

#[test]
fn the_meta_file_says_what_is_known() {
    let meta = r#"{"mutual_information": {"dur": 1.5, "other": 3}, "mean_packets_at_depth": [1, 1.75, 9],
        "mean_s_packets_at_depth": [1, 1.25], "more": []}"#;
    let (knowledge, _) = Files::new().with_meta(meta).unwrap().knowledge(true);
    assert_eq!(knowledge.information[place("dur")], 1.5);
    assert_eq!(knowledge.information[place("s_load")], 0.0);
    assert_eq!(knowledge.reach, [Reach { source: 1.0, destination: 0.0 }, Reach { source: 1.25, destination: 0.5 }]);
}

#[test]
fn a_damaged_meta_file_is_named() {
    let files = Files::new();
    for (meta, word) in [
        ("", "line 1"),
        ("{\"mutual_information\": {},\n", "line 2"),
        (r#"{"mutual_information": {"dur": "much"}, "mean_packets_at_depth": [1, 2]}"#, "much"),
        (r#"{"mutual_information": {}}"#, "mean_packets_at_depth"),
        (r#"{"mutual_information": {}, "mean_packets_at_depth": [1]}"#, "2 depths"),
        (r#"{"mutual_information": {}, "mean_packets_at_depth": [1, -2]}"#, "-2"),
        (r#"{"mutual_information": {}, "mean_packets_at_depth": [1, 2], "mean_s_packets_at_depth": []}"#, "mean_s"),
    ] {
        let said = files.with_meta(meta).unwrap_err();
        assert!(said.contains("meta.json") && said.contains(word), "{meta:?}: {said}");
    }
    let csv = files.write("table.csv", format!("{HEADER}dur,1,0.5,10\n"));
    let said = SearchTable::read(&csv, Some(&files.0.path().join("none.json"))).unwrap_err().to_string();
    assert!(said.contains("none.json"), "{said}");
}

#[test]
fn a_table_may_have_holes() {
    let table = Files::new().table(format!("{HEADER}dur,1,0.5,10\ns_load,2,0.6,20\n")).unwrap();
    assert_eq!(table.space().size(), 3 * 2);
    assert_eq!(table.objectives().count(), 2);
    assert_eq!(table.row(&Candidate { features: FeatureSet::EMPTY.with(place("dur")), depth: Depth::All }), None);
}
