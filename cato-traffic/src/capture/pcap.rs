//! The classic pcap container.

use cato_runtime::LinkType;
use pcap_parser::PcapError;
use pcap_parser::nom::{Err, IResult, Needed};
use pcap_parser::pcap::{
    LegacyPcapBlock, parse_pcap_frame, parse_pcap_frame_be, parse_pcap_frame_modified, parse_pcap_header,
};

use super::clock::pcap_time_ns;
use super::window::Window;
use super::{Damage, Layer, Located};

const FILE_HEADER: usize = 24;
const RECORD_HEADER: usize = 16;
/// The record header of a dialect that adds an interface and a protocol, magic number 0xa1b2cd34.
const RECORD_HEADER_MODIFIED: usize = 24;

/// The most bytes that capture programs write of one packet. A record that claims more, and more than the capture's
/// own limit, is damage.
const LARGEST_PACKET: usize = 262_144;
/// No limit that a capture states is believed beyond this.
const LARGEST_LIMIT: usize = 16 << 20;

type ParseRecord = fn(&[u8]) -> IResult<&[u8], LegacyPcapBlock<'_>, PcapError<&[u8]>>;

/// What the file header says.
#[derive(Debug)]
pub(super) struct Pcap {
    link: Option<LinkType>,
    nanoseconds: bool,
    record_header: usize,
    largest: usize,
    parse: ParseRecord,
    /// How a word of a plain record header is read; `None` for the dialect.
    word: Option<fn([u8; 4]) -> u32>,
}

impl Pcap {
    /// Reads the file header.
    pub(super) fn open(window: &mut Window) -> Result<Self, Damage> {
        let whole = window.fill(FILE_HEADER);
        let header = match parse_pcap_header(window.bytes()) {
            Ok((_, header)) => header,
            Err(Err::Incomplete(_)) if !whole => {
                return Err(window.shortage(Layer::Pcap, "the file ends within the file header"));
            }
            Err(_) => {
                let first: Vec<_> = window.bytes().iter().take(4).map(|byte| format!("{byte:02x}")).collect();
                let what = format!("neither pcap nor pcapng: it begins with {}", first.join(" "));
                return Err(window.damage(Layer::File, what));
            }
        };
        window.consume(FILE_HEADER);
        let modified = header.is_modified_format();
        let parse: ParseRecord = match (modified, header.is_bigendian()) {
            (true, _) => parse_pcap_frame_modified,
            (false, true) => parse_pcap_frame_be,
            (false, false) => parse_pcap_frame,
        };
        let word: fn([u8; 4]) -> u32 = if header.is_bigendian() { u32::from_be_bytes } else { u32::from_le_bytes };
        Ok(Self {
            word: (!modified).then_some(word),
            link: u32::try_from(header.network.0 & 0xffff).ok().and_then(LinkType::from_capture),
            nanoseconds: header.is_nanosecond_precision(),
            record_header: if modified { RECORD_HEADER_MODIFIED } else { RECORD_HEADER },
            largest: LARGEST_PACKET.max(LARGEST_LIMIT.min(header.snaplen as usize)),
            parse,
        })
    }

    /// The next record, where it is in memory as a whole and plain; what is not is for [`next_frame`](Self::next_frame).
    #[inline]
    pub(super) fn next_within(&self, window: &mut Window) -> Option<Located> {
        let word = self.word?;
        let (head, rest) = window.bytes().split_first_chunk::<RECORD_HEADER>()?;
        let [seconds, fraction, captured, wire_len] =
            [0, 4, 8, 12].map(|at| word([head[at], head[at + 1], head[at + 2], head[at + 3]]));
        let captured = captured as usize;
        if captured > rest.len() || captured > self.largest {
            return None;
        }
        let time_ns = pcap_time_ns(seconds, fraction, self.nanoseconds);
        let record = window.consume(RECORD_HEADER + captured);
        Some(Located { data: record.start + RECORD_HEADER..record.end, wire_len, link: self.link, time_ns })
    }

    /// The next record, `None` at the end.
    pub(super) fn next_frame(&mut self, window: &mut Window) -> Result<Option<Located>, Damage> {
        if window.finished() {
            return Ok(None);
        }
        if !window.fill(self.record_header) {
            return Err(window.shortage(Layer::Pcap, "the file ends within a record header"));
        }
        let mut missing = 0;
        loop {
            match (self.parse)(window.bytes()) {
                Ok((_, record)) => {
                    let (wire_len, captured) = (record.origlen, record.data.len());
                    let time_ns = pcap_time_ns(record.ts_sec, record.ts_usec, self.nanoseconds);
                    window.consume(self.record_header);
                    let data = window.consume(captured);
                    return Ok(Some(Located { data, wire_len, link: self.link, time_ns }));
                }
                Err(Err::Incomplete(Needed::Size(more))) if missing == 0 => missing = more.get(),
                Err(_) => return Err(window.damage(Layer::Pcap, "unreadable record".to_owned())),
            }
            let whole = window.bytes().len() + missing;
            if whole > self.record_header + self.largest {
                let captured = whole - self.record_header;
                let what = format!("a record of {captured} captured bytes, where {} are the most", self.largest);
                return Err(window.damage(Layer::Pcap, what));
            }
            if !window.fill(whole) {
                return Err(window.shortage(Layer::Pcap, "the file ends within a packet"));
            }
        }
    }
}
