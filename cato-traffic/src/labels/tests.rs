use super::super::testing::{Folder, Way, mac};
use super::super::{Inputs, RecordOptions};
use super::*;

const S: u64 = 1_000_000_000;
const WEB: Way = Way { from: (1, 1000), to: (2, 80) };
const DNS: Way = Way { from: (1, 2000), to: (3, 53) };

const HEADER: &str = "file,proto,client_ip,client_port,server_ip,server_port,first_ts,last_ts,label\n";

/// `x/a.pcap`: DNS at 1 s, the web at 2 s and, ended by idleness, again at 400 s; `x/b.pcap`: DNS at 1 s.
fn sample() -> (Folder, FlowRecords) {
    let folder = Folder::new();
    folder.capture("x/a.pcap", &[(S, DNS.udp(1)), (2 * S, WEB.tcp(2)), (400 * S, WEB.tcp(2))]);
    folder.capture("x/b.pcap", &[(S, DNS.udp(1))]);
    let inputs = Inputs::collect(&[folder.path().to_owned()]).unwrap();
    let records = FlowRecords::read(&inputs, &RecordOptions::default()).unwrap();
    (folder, records)
}

fn by_flow(folder: &Folder, records: &FlowRecords, table: &str) -> Result<Labels, Error> {
    Labels::assign(&LabelSource::Flows(folder.text("labels.csv", table)), records)
}

fn labels(labels: &Labels, records: &FlowRecords) -> Vec<Option<String>> {
    (0..records.flows.len()).map(|flow| labels.name(flow).map(str::to_owned)).collect()
}

fn some(names: &[&str]) -> Vec<Option<String>> {
    names.iter().map(|name| (!name.is_empty()).then(|| (*name).to_owned())).collect()
}

#[test]
fn rows_fit_by_file_ends_and_time() {
    let (folder, records) = sample();
    let rows = "\
        x/a.pcap,tcp,10.0.0.1,1000,10.0.0.2,80,2,400,web\n\
        x/a.pcap.zst,17,10.0.0.3,53,10.0.0.1,2000,0.9,1.1,name service\n\
        x/b.pcap,UDP,10.0.0.1,2000,10.0.0.3,53,1.0005,2,within a millisecond\n\
        x/b.pcap,udp,10.0.0.1,2000,10.0.0.3,53,1.002,2,too late\n\
        y.pcap,icmp,10.0.0.1,0,10.0.0.3,0,1,1,other file\n";
    let rows = rows.replace("icmp", "1");
    let assigned = by_flow(&folder, &records, &format!("{HEADER}{rows}")).unwrap();
    let expected = some(&["name service", "web", "web", "within a millisecond"]);
    assert_eq!(labels(&assigned, &records), expected);
    assert_eq!(assigned.names(), ["name service", "web", "within a millisecond"]);
    assert_eq!((assigned.unlabelled(), assigned.unmatched_rows()), (0, 2));
}

#[test]
fn of_several_rows_the_nearest_counts() {
    let (folder, records) = sample();
    let row =
        |first: &str, last: &str, label: &str| format!("x/a.pcap,6,10.0.0.1,1000,10.0.0.2,80,{first},{last},{label}\n");
    let cases = [
        ([row("0", "900", "far"), row("1.9", "900", "near"), row("2.05", "900", "late")], "near", "late"),
        ([row("2", "900", "first"), row("2", "900", "second"), row("3", "900", "third")], "first", "third"),
        ([row("3", "1", "backwards"), row("401", "400", "too"), row("0", "1", "b")], "backwards", "too"),
        ([row("399", "401", "a"), row("0", "1", "b"), row("390", "399.9", "c")], "", "a"),
    ];
    for (rows, early, late) in cases {
        let assigned = by_flow(&folder, &records, &format!("{HEADER}{}", rows.concat())).unwrap();
        assert_eq!(labels(&assigned, &records), some(&["", early, late, ""]));
    }
}

#[test]
fn columns_stand_in_any_order_among_others() {
    let (folder, records) = sample();
    let table = "\u{feff}note, label ,last_ts,first_ts,server_port,server_ip,client_port,client_ip,proto,file\n\
        \"a, b\", web ,400,2,80,10.0.0.2,1000,10.0.0.1,tcp,./x\\a.pcap.gz\n";
    let assigned = by_flow(&folder, &records, table).unwrap();
    assert_eq!(labels(&assigned, &records), some(&["", "web", "web", ""]));
    assert_eq!(assigned.unlabelled(), 2);
}

#[test]
fn a_file_given_alone_is_known_by_the_tail_of_its_path() {
    let (folder, _) = sample();
    let table = format!("{HEADER}x/a.pcap,udp,10.0.0.1,2000,10.0.0.3,53,1,1,dns\n");
    for path in ["x/a.pcap", "x"] {
        let inputs = Inputs::collect(&[folder.path().join(path)]).unwrap();
        let records = FlowRecords::read(&inputs, &RecordOptions::default()).unwrap();
        let assigned = by_flow(&folder, &records, &table).unwrap();
        assert_eq!(assigned.name(0), Some("dns"));
        assert_eq!(assigned.unlabelled(), records.flows.len() as u64 - 1);
    }
}

#[test]
fn mistakes_are_told_with_line_and_column() {
    let (folder, records) = sample();
    let good = "x/a.pcap,tcp,10.0.0.1,1000,10.0.0.2,80,2,400,web";
    let cases = [
        ("tcp", "icmp", "proto"),
        ("10.0.0.1", "10.0.0.256", "client_ip"),
        ("10.0.0.2", "::1", "server_ip"),
        ("1000", "65536", "client_port"),
        (",80,", ",,", "server_port"),
        (",2,", ",1.5e9,", "first_ts"),
        (",2,", ",-2,", "first_ts"),
        (",2,", ",99999999999,", "first_ts"),
        ("400", "today", "last_ts"),
        ("web", "", "label"),
        ("x/a.pcap", "", "file"),
    ];
    for (old, new, expected) in cases {
        let table = format!("{HEADER}{good}\n{}\n", good.replacen(old, new, 1));
        match by_flow(&folder, &records, &table) {
            Err(Error::Table { line: 3, column: Some(column), .. }) => assert_eq!(column, expected),
            other => panic!("{old} -> {new}: {other:?}"),
        }
    }
    assert!(matches!(by_flow(&folder, &records, HEADER), Err(Error::Table { line: 2, column: None, .. })));
    let table = format!("{HEADER}{good},too much\n");
    assert!(matches!(by_flow(&folder, &records, &table), Err(Error::Table { line: 2, column: None, .. })));
}

#[test]
fn a_missing_column_is_named_with_those_seen() {
    let (folder, records) = sample();
    for (table, seen) in [("file,proto,Label\n", "file, proto, Label"), ("", "none")] {
        let error = by_flow(&folder, &records, table).unwrap_err().to_string();
        assert!(error.contains("labels.csv: line 1: "), "{error}");
        assert!(error.contains("client_ip") && error.contains("last_ts, label"), "{error}");
        assert!(error.ends_with(seen), "{error}");
    }
}

#[test]
fn rows_that_name_no_file_are_a_mistake() {
    let (folder, records) = sample();
    let table = format!("{HEADER}elsewhere/a.pcap,udp,10.0.0.1,2000,10.0.0.3,53,1,1,dns\n");
    let error = by_flow(&folder, &records, &table).unwrap_err();
    assert!(matches!(error, Error::Labels { .. }));
    assert!(error.to_string().contains("elsewhere/a.pcap"), "{error}");
}

#[test]
fn addresses_label_the_source_first() {
    let (folder, records) = sample();
    let macs = |table: &str| Labels::assign(&LabelSource::Macs(folder.text("macs.csv", table)), &records);
    let text = |host| mac(host).map(|byte| format!("{byte:02x}")).join(":");
    let table = format!("label,n,mac\nserver,1,{}\nresolver,2,{}\nabsent,3,{}\n", text(2), text(3), text(77));
    let assigned = macs(&table).unwrap();
    assert_eq!(labels(&assigned, &records), some(&["resolver", "server", "server", "resolver"]));
    assert_eq!(assigned.unmatched_rows(), 1);
    let assigned = macs(&format!("{table}client,4,{}\n", text(1))).unwrap();
    assert_eq!(labels(&assigned, &records), some(&["client"; 4]));

    let twice = format!("mac,label\n{0},a\n{0},b\n", text(1));
    assert!(matches!(macs(&twice), Err(Error::Table { line: 3, .. })));
    assert!(macs(&twice.replace(",b", ",a")).is_ok());
    assert!(matches!(macs("mac,label\n12,a\n"), Err(Error::Table { line: 2, .. })));
    assert!(matches!(macs("device,mac\n"), Err(Error::Table { line: 1, .. })));
}

#[test]
fn folders_and_files_are_labels() {
    let folder = Folder::new();
    for name in ["x/y/a.pcap", "z/b.cap.pcapng.gz", "c"] {
        folder.capture(name, &[(1, DNS.udp(1))]);
    }
    let given = folder.path().file_name().unwrap().to_string_lossy().into_owned();
    let inputs = Inputs::collect(&[folder.path().to_owned()]).unwrap();
    let records = FlowRecords::read(&inputs, &RecordOptions::default()).unwrap();
    let assign = |source| labels(&Labels::assign(&source, &records).unwrap(), &records);
    assert_eq!(assign(LabelSource::Folder), some(&[&given, "x", "z"]));
    assert_eq!(assign(LabelSource::File), some(&["c", "a", "b.cap"]));
}
