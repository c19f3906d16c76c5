//! Writes a long capture of many short TCP conversations, to measure serving on: `long_capture OUT.pcap [FLOWS] [ACTIVE]
//! [PACKETS] [SNAPLEN]`, by default 500,000 flows of 20 packets, 20,000 of them active at once, cut to 128 bytes.
//!
//! Each flow has a handshake, data both ways in segments of changing size, and a FIN from each end. At any moment `ACTIVE`
//! flows are open and take turns by lot; where one ends the next begins. The same arguments give the same bytes.

use std::path::Path;
use std::process::ExitCode;

use cato_traffic::{PcapOptions, PcapWriter};

const SYN: u8 = 0x02;
const ACK: u8 = 0x10;
const PSH: u8 = 0x08;
const FIN: u8 = 0x01;
const HEADERS: usize = 54;
const LARGEST: usize = 1514;
/// Time between packets.
const GAP_NS: u64 = 100;

/// One conversation: its number, and how many packets it has sent.
#[derive(Clone, Copy)]
struct Flow {
    number: u32,
    sent: u32,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |place: usize, default: u32| arguments.get(place).map_or(Ok(default), |text| text.parse::<u32>());
    let (Some(out), Ok(flows), Ok(active), Ok(packets), Ok(snaplen)) =
        (arguments.first(), number(1, 500_000), number(2, 20_000), number(3, 20), number(4, 128))
    else {
        eprintln!("usage: long_capture OUT.pcap [FLOWS] [ACTIVE] [PACKETS] [SNAPLEN]");
        return ExitCode::from(2);
    };
    match write(Path::new(out), flows, active, packets.max(5), snaplen) {
        Ok(written) => {
            println!("{flows} flows, {written} packets");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

fn write(out: &Path, flows: u32, active: u32, packets: u32, snaplen: u32) -> Result<u64, cato_traffic::Error> {
    let mut capture = PcapWriter::create(out, PcapOptions { snaplen, ..PcapOptions::default() })?;
    let mut open: Vec<Flow> = (0..flows.min(active)).map(|number| Flow { number, sent: 0 }).collect();
    let mut next = flows.min(active);
    let mut lot = Lot(1);
    let (mut time_ns, mut written) = (1_700_000_000_000_000_000, 0);
    let mut frame = [0; LARGEST];
    while !open.is_empty() {
        let place = lot.below(open.len() as u64) as usize;
        let Some(flow) = open.get_mut(place) else { break };
        let len = fill(&mut frame, *flow, packets, &mut lot);
        flow.sent += 1;
        if flow.sent == packets {
            if next < flows {
                *flow = Flow { number: next, sent: 0 };
                next += 1;
            } else {
                open.swap_remove(place);
            }
        }
        time_ns += GAP_NS;
        written += 1;
        capture.write(time_ns, len as u32, frame.get(..len).unwrap_or(&frame))?;
    }
    capture.finish()?;
    Ok(written)
}

/// Makes the flow's next frame; its length.
fn fill(frame: &mut [u8; LARGEST], flow: Flow, packets: u32, lot: &mut Lot) -> usize {
    let (flags, from_client, data) = match flow.sent {
        0 => (SYN, true, 0),
        1 => (SYN | ACK, false, 0),
        2 => (ACK, true, 0),
        sent if sent + 2 == packets => (FIN | ACK, true, 0),
        sent if sent + 1 == packets => (FIN | ACK, false, 0),
        // What kind of conversation it is shows in its sizes.
        sent => (PSH | ACK, sent % 3 != 1, lot.below(u64::from(flow.number % 7 + 1) * 200) as usize),
    };
    let client = [10, (flow.number >> 14) as u8, (flow.number >> 6) as u8, (flow.number & 63) as u8 + 1];
    let server = [192, 168, (flow.number % 200) as u8, 1];
    let (client_port, server_port) =
        (20_000 + (flow.number % 40_000) as u16, [443, 80, 8883, 53][flow.number as usize % 4]);
    let (from, to, ports) = if from_client {
        (client, server, [client_port, server_port])
    } else {
        (server, client, [server_port, client_port])
    };
    frame[..12].copy_from_slice(&[2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2]);
    frame[12..24].copy_from_slice(&[8, 0, 0x45, 0, 0, 0, 0, 0, 0x40, 0, if from_client { 64 } else { 57 }, 6]);
    frame[16..18].copy_from_slice(&((HEADERS - 14 + data) as u16).to_be_bytes());
    frame[26..30].copy_from_slice(&from);
    frame[30..34].copy_from_slice(&to);
    frame[34..36].copy_from_slice(&ports[0].to_be_bytes());
    frame[36..38].copy_from_slice(&ports[1].to_be_bytes());
    frame[46..48].copy_from_slice(&[0x50, flags]);
    frame[48..50].copy_from_slice(&(64_000 + (flow.number % 1000) as u16).to_be_bytes());
    (HEADERS + data).max(60)
}

/// SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
struct Lot(u64);

impl Lot {
    fn below(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (word ^ (word >> 31)) % below.max(1)
    }
}
