//! Labels by link-layer address.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::super::Mac;
use super::table::Table;
use super::{Error, FlowRecords, Labels};

pub(super) fn assign(path: &Path, records: &FlowRecords) -> Result<Labels, Error> {
    let mut table = Table::open(path, &["mac", "label"])?;
    let mut devices: BTreeMap<Mac, (String, u64)> = BTreeMap::new();
    while table.next_row()? {
        let mac = table.value("mac", mac, "a link-layer address of six bytes")?;
        let label = table.value("label", |cell| (!cell.is_empty()).then(|| cell.to_owned()), "a label")?;
        if let Some((other, line)) = devices.get(&mac)
            && *other != label
        {
            let what = format!("{:?} is already called {other:?} on line {line}", table.cell("mac"));
            return Err(table.mistake("mac", what));
        }
        devices.entry(mac).or_insert((label, table.line()));
    }
    let device = |mac: Option<Mac>| mac.and_then(|mac| devices.get_key_value(&mac));
    let found: Vec<_> =
        (records.flows.iter()).map(|flow| device(flow.source_mac).or_else(|| device(flow.destination_mac))).collect();
    let seen: BTreeSet<&Mac> = found.iter().flatten().map(|(mac, _)| *mac).collect();
    let chosen: Vec<_> = found.iter().map(|device| device.map(|(_, (label, _))| label.as_str())).collect();
    Ok(Labels { unmatched_rows: (devices.len() - seen.len()) as u64, ..Labels::new(&chosen) })
}

/// Twelve hexadecimal digits, in pairs between colons or hyphens, in fours between dots, or one after the other.
fn mac(cell: &str) -> Option<Mac> {
    let digits: String = match cell.len() {
        17 if cell.split(':').all(|pair| pair.len() == 2) => cell.replace(':', ""),
        17 if cell.split('-').all(|pair| pair.len() == 2) => cell.replace('-', ""),
        14 if cell.split('.').all(|four| four.len() == 4) => cell.replace('.', ""),
        _ => cell.to_owned(),
    };
    let hex = digits.len() == 12 && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    let number = hex.then(|| u64::from_str_radix(&digits, 16).ok()).flatten()?;
    number.to_be_bytes().last_chunk().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_have_several_forms() {
        let expected = Some([0x20, 0xf8, 0x5e, 0xca, 0x91, 0x52]);
        for form in ["20:f8:5e:ca:91:52", "20-F8-5E-CA-91-52", "20f8.5eca.9152", "20f85eca9152"] {
            assert_eq!(mac(form), expected, "{form}");
        }
        for wrong in ["", "20:f8:5e:ca:91", "20:f8:5e:ca:91:5g", "2:0f8:5e:ca:91:52", "+0f85eca9152", "äää:f8:5e:ca:91"]
        {
            assert_eq!(mac(wrong), None, "{wrong}");
        }
    }
}
