//! Records on disk.

use std::path::{Path, PathBuf};

use cato_runtime::{End, Endpoint, FlowKey};

use super::super::seal::{SealReader, SealWriter};
use super::super::{Error, Input, Warning};
use super::{Counts, Flow, FlowRecords, Mac, PacketFields};

/// The last character is the version; it changes with every change of what is written or how it came about.
const KIND: &[u8; 8] = b"catoflw1";

/// In the order of their numbers on disk.
const ENDS: [End; 5] = [End::Depth, End::Fin, End::Rst, End::Idle, End::Input];

const NO_OFFSET: u64 = u64::MAX;

impl FlowRecords {
    /// Writes the records to a file, whole or not at all.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn save(&self, path: &Path) -> Result<(), Error> {
        let mut file = SealWriter::create(path, KIND)?;
        write_inputs(&mut file, &self.files)?;
        write_counts(&mut file, &self.counts)?;
        file.count(self.warnings.len())?;
        for warning in &self.warnings {
            file.text(&warning.file)?;
            file.u64(warning.offset.unwrap_or(NO_OFFSET))?;
            file.text(&warning.what)?;
        }
        file.items(&self.flows, flow_to_bytes)?;
        file.items(&self.ends, |end| (*end as u64).to_le_bytes())?;
        file.items(&self.packets, |packet| packet.to_bytes())?;
        file.finish()
    }

    /// Reads what [`save`](Self::save) wrote.
    ///
    /// # Errors
    /// [`Error::Io`], or [`Error::Sealed`] for a file that is damaged or of another version.
    pub fn load(path: &Path) -> Result<Self, Error> {
        let mut file = SealReader::open(path, KIND)?;
        let files = read_inputs(&mut file)?;
        let counts = read_counts(&mut file)?;
        let mut warnings = Vec::new();
        for _ in 0..file.count()? {
            let name = file.text()?;
            let offset = Some(file.u64()?).filter(|offset| *offset != NO_OFFSET);
            warnings.push(Warning { file: name, offset, what: file.text()? });
        }
        let flows = file.items(flow_from_bytes)?;
        let ends: Vec<usize> = file.items(|end| usize::try_from(u64::from_le_bytes(*end)).ok())?;
        let packets = file.items(|packet| Some(PacketFields::from_bytes(packet)))?;
        let in_order = ends.is_sorted() && ends.last().copied().unwrap_or(0) == packets.len();
        if ends.len() != flows.len() || !in_order {
            return Err(file.wrong());
        }
        file.finish()?;
        Ok(Self { files, flows, counts, warnings, packets, ends })
    }
}

/// Writes what inputs are called and where they are.
pub(crate) fn write_inputs(file: &mut SealWriter, inputs: &[Input]) -> Result<(), Error> {
    file.count(inputs.len())?;
    for input in inputs {
        file.text(&input.path.to_string_lossy())?;
        file.text(&input.name)?;
        file.text(&input.folder)?;
        file.u8(u8::from(input.given))?;
    }
    Ok(())
}

/// Reads what [`write_inputs`] wrote.
pub(crate) fn read_inputs(file: &mut SealReader) -> Result<Vec<Input>, Error> {
    let count = file.count()?;
    let mut inputs = Vec::with_capacity(count.min(1 << 16));
    for _ in 0..count {
        let path = PathBuf::from(file.text()?);
        let (name, folder) = (file.text()?, file.text()?);
        inputs.push(Input { path, name, folder, given: file.u8()? != 0 });
    }
    Ok(inputs)
}

fn write_counts(file: &mut SealWriter, counts: &Counts) -> Result<(), Error> {
    let Counts { frames, in_flows, absorbed, kept, unread_files, damaged, skipped } = counts;
    for count in [frames, in_flows, absorbed, kept, unread_files, damaged].into_iter().chain(skipped) {
        file.u64(*count)?;
    }
    Ok(())
}

fn read_counts(file: &mut SealReader) -> Result<Counts, Error> {
    let mut counts = Counts {
        frames: file.u64()?,
        in_flows: file.u64()?,
        absorbed: file.u64()?,
        kept: file.u64()?,
        unread_files: file.u64()?,
        damaged: file.u64()?,
        ..Counts::default()
    };
    for count in &mut counts.skipped {
        *count = file.u64()?;
    }
    Ok(counts)
}

const FLOW_LEN: usize = 80;

fn flow_to_bytes(flow: &Flow) -> [u8; FLOW_LEN] {
    let end = ENDS.iter().position(|end| *end == flow.end).unwrap_or(0) as u8;
    let has_macs = u8::from(flow.source_mac.is_some()) | u8::from(flow.destination_mac.is_some()) << 1;
    let mut bytes = Vec::with_capacity(FLOW_LEN);
    bytes.extend(flow.file.to_le_bytes());
    bytes.extend([flow.key.protocol(), u8::from(flow.key.is_ipv6()), end, has_macs]);
    for endpoint in [flow.source, flow.destination] {
        bytes.extend(endpoint.address);
        bytes.extend(endpoint.port.to_le_bytes());
    }
    for number in [flow.first_ns, flow.last_ns, flow.packets] {
        bytes.extend(number.to_le_bytes());
    }
    for mac in [flow.source_mac, flow.destination_mac] {
        bytes.extend(mac.unwrap_or_default());
    }
    bytes.first_chunk().copied().expect("4 + 4 + 2 * 18 + 3 * 8 + 2 * 6 bytes are 80")
}

fn flow_from_bytes(bytes: &[u8; FLOW_LEN]) -> Option<Flow> {
    let mut rest = bytes.as_slice();
    let file = u32::from_le_bytes(take(&mut rest)?);
    let [protocol, is_ipv6, end, has_macs] = take(&mut rest)?;
    let source = endpoint(&mut rest)?;
    let destination = endpoint(&mut rest)?;
    let (key, _) = FlowKey::new(is_ipv6 != 0, protocol, source, destination);
    let [first_ns, last_ns, packets] = [take(&mut rest)?, take(&mut rest)?, take(&mut rest)?].map(u64::from_le_bytes);
    let source_mac = Some(take::<{ size_of::<Mac>() }>(&mut rest)?).filter(|_| has_macs & 1 != 0);
    let destination_mac = Some(take::<{ size_of::<Mac>() }>(&mut rest)?).filter(|_| has_macs & 2 != 0);
    let end = *ENDS.get(usize::from(end))?;
    Some(Flow { file, key, source, destination, first_ns, last_ns, packets, source_mac, destination_mac, end })
}

fn endpoint(rest: &mut &[u8]) -> Option<Endpoint> {
    Some(Endpoint { address: take(rest)?, port: u16::from_le_bytes(take(rest)?) })
}

fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (part, after) = rest.split_first_chunk()?;
    *rest = after;
    Some(*part)
}
