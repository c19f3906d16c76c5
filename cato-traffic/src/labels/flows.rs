//! Labels by flow.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::Path;

use cato_runtime::{Endpoint, FlowKey};

use super::super::{Flow, Input};
use super::table::{Table, uncompressed};
use super::{Error, FlowRecords, Labels};

const COLUMNS: &[&str] =
    &["file", "proto", "client_ip", "client_port", "server_ip", "server_port", "first_ts", "last_ts", "label"];

/// Times in tables are rounded.
const TOLERANCE_NS: u64 = 1_000_000;

/// When a row holds and what it says.
struct Row {
    first_ns: u64,
    last_ns: u64,
    label: String,
    fitted: Cell<bool>,
}

/// The rows of one file, by key, in order.
type Rows = BTreeMap<FlowKey, Vec<Row>>;

pub(super) fn assign(path: &Path, records: &FlowRecords) -> Result<Labels, Error> {
    let mut table = Table::open(path, COLUMNS)?;
    let mut by_file: BTreeMap<String, Rows> = BTreeMap::new();
    while table.next_row()? {
        let (file, key, row) = read_row(&table)?;
        by_file.entry(file).or_default().entry(key).or_default().push(row);
    }
    let names = row_names(&by_file, records);
    if names.iter().all(Option::is_none)
        && let (Some(row), Some(input)) = (by_file.keys().next(), records.files.first())
    {
        let what = format!("no row names a file of the input: a row names {row:?}, the input is {:?}", input.name);
        return Err(Error::Labels { file: path.to_owned(), what });
    }
    let label = |flow: &Flow| {
        let rows = by_file.get(names.get(flow.file as usize)?.as_ref()?)?.get(&flow.key)?;
        let row = nearest(rows, flow.first_ns)?;
        row.fitted.set(true);
        Some(row.label.as_str())
    };
    let chosen: Vec<_> = records.flows.iter().map(label).collect();
    let fitted = by_file.values().flat_map(BTreeMap::values).flatten().filter(|row| row.fitted.get()).count() as u64;
    Ok(Labels { unmatched_rows: table.rows() - fitted, ..Labels::new(&chosen) })
}

/// Of the rows that hold at `first_ns`, the one that begins nearest to it.
fn nearest(rows: &[Row], first_ns: u64) -> Option<&Row> {
    let holds = |row: &&Row| {
        // In a capture whose time runs backwards, the last packet may have an earlier time than the first.
        let (earliest, latest) = (row.first_ns.min(row.last_ns), row.first_ns.max(row.last_ns));
        first_ns >= earliest.saturating_sub(TOLERANCE_NS) && first_ns <= latest.saturating_add(TOLERANCE_NS)
    };
    rows.iter().filter(holds).min_by_key(|row| row.first_ns.abs_diff(first_ns))
}

/// Under which name rows speak of each file of the input.
///
/// Compression adds an ending that rows may have or not. Where a file was given by itself, its name lacks the folders
/// that rows state, so that a row's whole path may also be the tail of the file's.
fn row_names(by_file: &BTreeMap<String, Rows>, records: &FlowRecords) -> Vec<Option<String>> {
    let find = |input: &Input| {
        let name = normal(&input.name);
        if by_file.contains_key(&name) {
            return Some(name);
        }
        let path = normal(&input.path.to_string_lossy());
        path.match_indices('/')
            .map(|(at, _)| &path[at + 1..])
            .find(|tail| by_file.contains_key(*tail))
            .map(str::to_owned)
    };
    records.files.iter().map(find).collect()
}

fn normal(path: &str) -> String {
    let slashed = path.replace('\\', "/");
    uncompressed(slashed.strip_prefix("./").unwrap_or(&slashed)).to_owned()
}

fn read_row(table: &Table) -> Result<(String, FlowKey, Row), Error> {
    let text = |cell: &str| (!cell.is_empty()).then(|| cell.to_owned());
    let file = table.value("file", text, "the path of a capture")?;
    let protocol = table.value("proto", protocol, "tcp, udp or the number of a protocol")?;
    let client = endpoint(table, "client_ip", "client_port")?;
    let server = endpoint(table, "server_ip", "server_port")?;
    if client.0 != server.0 {
        return Err(table.mistake("server_ip", "an address of another IP version than the client's".to_owned()));
    }
    let (key, _) = FlowKey::new(client.0, protocol, client.1, server.1);
    let time = |column| table.value(column, nanoseconds, "a time in seconds since 1970");
    let (first_ns, last_ns) = (time("first_ts")?, time("last_ts")?);
    let label = table.value("label", text, "a label")?;
    Ok((normal(&file), key, Row { first_ns, last_ns, label, fitted: Cell::new(false) }))
}

/// Whether it is of IP version 6, and the endpoint.
fn endpoint(table: &Table, address: &str, port: &str) -> Result<(bool, Endpoint), Error> {
    let ip = table.value(address, |cell| cell.parse::<IpAddr>().ok(), "an IP address")?;
    let port = table.value(port, |cell| cell.parse().ok(), "a port")?;
    let mut bytes = [0; 16];
    match ip {
        IpAddr::V4(ip) => bytes[..4].copy_from_slice(&ip.octets()),
        IpAddr::V6(ip) => bytes = ip.octets(),
    }
    Ok((ip.is_ipv6(), Endpoint { address: bytes, port }))
}

/// Rows of other protocols than TCP and UDP fit no flow.
fn protocol(cell: &str) -> Option<u8> {
    match cell.to_ascii_lowercase().as_str() {
        "tcp" => Some(6),
        "udp" => Some(17),
        number => number.parse().ok(),
    }
}

/// Decimal seconds to nanoseconds, without a detour over floating point, which has no room for them. What is finer
/// than a nanosecond is cut off.
fn nanoseconds(cell: &str) -> Option<u64> {
    let (seconds, fraction) = cell.split_once('.').unwrap_or((cell, ""));
    let all_digits = |text: &str| text.bytes().all(|digit| digit.is_ascii_digit());
    if seconds.is_empty() || !all_digits(seconds) || !all_digits(fraction) {
        return None;
    }
    let nine = fraction.get(..9).unwrap_or(fraction);
    let below: u64 = if nine.is_empty() { 0 } else { nine.parse().ok()? };
    let below = below * 10_u64.pow(9 - nine.len() as u32);
    seconds.parse::<u64>().ok()?.checked_mul(1_000_000_000)?.checked_add(below)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_exact() {
        let cases = [
            ("0", 0),
            ("1465478143.773645", 1_465_478_143_773_645_000),
            ("1465478143.773645123", 1_465_478_143_773_645_123),
            ("1465478143.7736451239", 1_465_478_143_773_645_123),
            ("7.", 7_000_000_000),
            ("18446744073.709551615", u64::MAX),
        ];
        for (cell, expected) in cases {
            assert_eq!(nanoseconds(cell), Some(expected), "{cell}");
        }
        for wrong in
            ["", ".5", "-1", "+1", "1e9", "1.5.2", "18446744073.709551616", "99999999999999999999", "1,5", "é.é"]
        {
            assert_eq!(nanoseconds(wrong), None, "{wrong}");
        }
    }
}
