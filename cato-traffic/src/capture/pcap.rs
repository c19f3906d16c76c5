//! The classic pcap container.

use cato_runtime::{Frame, LinkType};
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
    big_endian: bool,
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
        Ok(Self {
            big_endian: header.is_bigendian(),
            link: u32::try_from(header.network.0 & 0xffff).ok().and_then(LinkType::from_capture),
            nanoseconds: header.is_nanosecond_precision(),
            record_header: if modified { RECORD_HEADER_MODIFIED } else { RECORD_HEADER },
            largest: LARGEST_PACKET.max(LARGEST_LIMIT.min(header.snaplen as usize)),
            parse,
        })
    }

    /// The records with which `bytes` begin, as many as are whole and plain and there is room for in `frames`: how many they
    /// are, and how many bytes. What is not plain is for [`next_frame`](Self::next_frame).
    pub(super) fn plain_records<'a>(&self, bytes: &'a [u8], frames: &mut [Frame<'a>]) -> (usize, usize) {
        match (self.record_header, self.big_endian) {
            (RECORD_HEADER, false) => self.records::<false>(bytes, frames),
            (RECORD_HEADER, true) => self.records::<true>(bytes, frames),
            _ => (0, 0),
        }
    }

    #[inline]
    fn records<'a, const BIG_ENDIAN: bool>(&self, bytes: &'a [u8], frames: &mut [Frame<'a>]) -> (usize, usize) {
        let (mut rest, mut count) = (bytes, 0);
        for frame in frames {
            let Some((head, behind)) = rest.split_first_chunk::<RECORD_HEADER>() else { break };
            let word = |at: usize| {
                let word = [head[at], head[at + 1], head[at + 2], head[at + 3]];
                if BIG_ENDIAN { u32::from_be_bytes(word) } else { u32::from_le_bytes(word) }
            };
            let captured = word(8);
            if captured as usize > self.largest {
                break;
            }
            let Some((data, behind)) = behind.split_at_checked(captured as usize) else { break };
            let time_ns = pcap_time_ns(word(0), word(4), self.nanoseconds);
            // A capture may claim fewer bytes on the wire than it holds.
            *frame = Frame { link: self.link, wire_len: word(12).max(captured), time_ns, data };
            rest = behind;
            count += 1;
        }
        (count, bytes.len() - rest.len())
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
