//! Writes a SYN flood with real traffic behind it, to see what of that survives: `flood_capture OUT.pcap SYNS CAPTURE...`.
//!
//! `SYNS` packets open as many TCP flows, none of which goes on, a microsecond apart; folders among the captures stand for
//! the files in them. All of these begin at once, where the flood ends, with frames cut to 128 bytes. Their times do not
//! depend on `SYNS`: with 0 the same traffic comes alone. The same arguments give the same bytes.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use cato_runtime::LinkType;
use cato_traffic::{CaptureReader, Error, Inputs, PcapOptions, PcapWriter};

const SNAPLEN: usize = 128;
const REAL_NS: u64 = 1_700_000_000_000_000_000;
const FLOOD_GAP_NS: u64 = 1_000;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (Some(out), Some(Ok(syns)), Some(captures @ [_, ..])) =
        (arguments.first(), arguments.get(1).map(|text| text.parse::<u32>()), arguments.get(2..))
    else {
        eprintln!("usage: flood_capture OUT.pcap SYNS CAPTURE...");
        return ExitCode::from(2);
    };
    let captures: Vec<PathBuf> = captures.iter().map(PathBuf::from).collect();
    match write(Path::new(out), syns, &captures) {
        Ok((real, other)) => {
            println!("{syns} SYNs, then {real} packets; {other} that are not Ethernet left out");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

/// How many real packets were written, and how many left out.
fn write(out: &Path, syns: u32, captures: &[PathBuf]) -> Result<(usize, u64), Error> {
    let mut real = Traffic::default();
    for input in Inputs::collect(captures)?.files() {
        // A folder may hold other files than captures.
        match CaptureReader::open(&input.path) {
            Ok(capture) => real.add(capture)?,
            Err(error) if input.given => return Err(error),
            Err(_) => {}
        }
    }
    real.packets.sort_by_key(|packet| packet.since_ns);
    let mut capture = PcapWriter::create(out, PcapOptions { snaplen: SNAPLEN as u32, ..PcapOptions::default() })?;
    let first_ns = REAL_NS - u64::from(syns) * FLOOD_GAP_NS;
    for number in 0..syns {
        capture.write(first_ns + u64::from(number) * FLOOD_GAP_NS, 60, &syn(number))?;
    }
    for packet in &real.packets {
        let data = real.bytes.get(packet.data.clone()).unwrap_or_default();
        capture.write(REAL_NS + packet.since_ns, packet.wire_len, data)?;
    }
    capture.finish()?;
    Ok((real.packets.len(), real.left_out))
}

/// Packets of captures that all begin at once.
#[derive(Default)]
struct Traffic {
    packets: Vec<Packet>,
    bytes: Vec<u8>,
    left_out: u64,
}

struct Packet {
    since_ns: u64,
    wire_len: u32,
    data: Range<usize>,
}

impl Traffic {
    fn add(&mut self, mut capture: CaptureReader) -> Result<(), Error> {
        let mut origin_ns = None;
        while let Some(frame) = capture.next_frame()? {
            if frame.link != Some(LinkType::Ethernet) {
                self.left_out += 1;
                continue;
            }
            let since_ns = frame.time_ns.saturating_sub(*origin_ns.get_or_insert(frame.time_ns));
            let begin = self.bytes.len();
            self.bytes.extend_from_slice(frame.data.get(..SNAPLEN).unwrap_or(frame.data));
            self.packets.push(Packet { since_ns, wire_len: frame.wire_len, data: begin..self.bytes.len() });
        }
        Ok(())
    }
}

/// The first packet of the flow with this number, from an address and a port of its own.
fn syn(number: u32) -> [u8; 60] {
    let mut bytes = [0; 60];
    bytes[..12].copy_from_slice(&[2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2]);
    bytes[12..24].copy_from_slice(&[8, 0, 0x45, 0, 0, 40, 0, 0, 0x40, 0, 64, 6]);
    // 198.18.0.0/15 is for measurements (RFC 2544), so no real flow has these keys.
    bytes[26..30].copy_from_slice(&(0xc612_0000 | number & 0x1_ffff).to_be_bytes());
    bytes[30..34].copy_from_slice(&[192, 0, 2, 1]);
    bytes[34..36].copy_from_slice(&((number >> 17) as u16 + 1024).to_be_bytes());
    bytes[36..38].copy_from_slice(&443_u16.to_be_bytes());
    bytes[46..50].copy_from_slice(&[0x50, 0x02, 0xfa, 0xf0]);
    bytes
}
