//! The pcapng container.

use cato_runtime::LinkType;
use pcap_parser::pcapng::{
    OptionCode, parse_enhancedpacketblock_be, parse_enhancedpacketblock_le, parse_interfacedescriptionblock_be,
    parse_interfacedescriptionblock_le, parse_simplepacketblock_be, parse_simplepacketblock_le,
};

use super::clock::Clock;
use super::window::Window;
use super::{Damage, Layer, Located, Notes};

/// The type of a section header, with which every file begins; it reads the same in both byte orders.
pub(super) const MAGIC: [u8; 4] = [0x0a, 0x0d, 0x0d, 0x0a];

const SECTION_HEADER: u32 = 0x0a0d_0d0a;
const INTERFACE: u32 = 1;
const OBSOLETE_PACKET: u32 = 2;
const SIMPLE_PACKET: u32 = 3;
const ENHANCED_PACKET: u32 = 6;

const BYTE_ORDER: u32 = 0x1a2b_3c4d;
/// Type, length and length again.
const SMALLEST_BLOCK: u32 = 12;
const SMALLEST_SECTION_HEADER: u32 = 28;
/// Where the packet's bytes begin in its block.
const SIMPLE_DATA: usize = 12;
const PACKET_DATA: usize = 28;

/// A block that is read, not skipped, is held whole; one that claims to be larger is damage.
const LARGEST_BLOCK: u32 = 16 << 20;
/// Keeps memory bounded where a section describes interfaces without end.
const MOST_INTERFACES: usize = 1 << 16;

/// Where the reading stands.
#[derive(Debug)]
pub(super) struct PcapNg {
    big_endian: bool,
    /// Those of this section.
    interfaces: Vec<Interface>,
    /// Time of the latest packet.
    time_ns: u64,
}

#[derive(Clone, Copy, Debug)]
struct Interface {
    link: Option<LinkType>,
    clock: Clock,
    /// 0 where there is no limit.
    snaplen: u32,
}

impl Interface {
    /// Stands for an interface of which nothing is known.
    const UNKNOWN: Self = Self { link: None, clock: Clock::DEFAULT, snaplen: 0 };
}

impl PcapNg {
    pub(super) fn new() -> Self {
        Self { big_endian: false, interfaces: Vec::new(), time_ns: 0 }
    }

    /// The next packet, `None` at the end. Blocks that hold no packet are stepped over, as are those whose content
    /// contradicts itself while their length holds; of the latter a note is taken.
    pub(super) fn next_frame(&mut self, window: &mut Window, notes: &mut Notes) -> Result<Option<Located>, Damage> {
        while !window.finished() {
            let (kind, len) = self.block_header(window)?;
            match kind {
                INTERFACE | OBSOLETE_PACKET | SIMPLE_PACKET | ENHANCED_PACKET => {
                    hold(window, len)?;
                    self.check_trailer(window, len)?;
                    if let Some(located) = self.block(kind, len, window, notes)? {
                        return Ok(Some(located));
                    }
                }
                _ => self.skip_block(window, len)?,
            }
        }
        Ok(None)
    }

    /// The next packet, where its block is in memory as a whole and the next one; what is not is for
    /// [`next_frame`](Self::next_frame).
    pub(super) fn next_within(&mut self, window: &mut Window, notes: &mut Notes) -> Option<Located> {
        let bytes = window.bytes();
        let len = read_u32(bytes, 4, self.big_endian) as usize;
        let whole = read_u32(bytes, 0, self.big_endian) == ENHANCED_PACKET
            && (SMALLEST_BLOCK as usize..=bytes.len()).contains(&len)
            && len <= LARGEST_BLOCK as usize;
        if !whole || self.check_trailer(window, len).is_err() {
            return None;
        }
        self.block(ENHANCED_PACKET, len, window, notes).ok().flatten()
    }

    /// Type and length of the block that comes next. A section header sets the byte order, that of itself included.
    fn block_header(&mut self, window: &mut Window) -> Result<(u32, usize), Damage> {
        if !window.fill(SMALLEST_BLOCK as usize) {
            return Err(window.shortage(Layer::PcapNg, "the file ends within a block header"));
        }
        let bytes = window.bytes();
        if bytes.starts_with(&MAGIC) {
            self.big_endian = match [false, true].map(|big_endian| read_u32(bytes, 8, big_endian)) {
                [BYTE_ORDER, _] => false,
                [_, BYTE_ORDER] => true,
                [other, _] => {
                    let what = format!("a section header with byte-order magic {other:#010x}");
                    return Err(window.damage(Layer::PcapNg, what));
                }
            };
            self.interfaces.clear();
        }
        let kind = read_u32(bytes, 0, self.big_endian);
        let len = read_u32(bytes, 4, self.big_endian);
        let smallest = if kind == SECTION_HEADER { SMALLEST_SECTION_HEADER } else { SMALLEST_BLOCK };
        let held = matches!(kind, INTERFACE | OBSOLETE_PACKET | SIMPLE_PACKET | ENHANCED_PACKET);
        if len < smallest || (held && len > LARGEST_BLOCK) {
            return Err(window.damage(Layer::PcapNg, format!("a block of type {kind:#x} and length {len}")));
        }
        Ok((kind, len as usize))
    }

    /// Takes a block that is in memory as a whole. A packet's bytes stay where they are.
    fn block(
        &mut self,
        kind: u32,
        len: usize,
        window: &mut Window,
        notes: &mut Notes,
    ) -> Result<Option<Located>, Damage> {
        let block = window.bytes().get(..len).unwrap_or(&[]);
        if kind == INTERFACE {
            if self.interfaces.len() >= MOST_INTERFACES {
                return Err(window.damage(Layer::PcapNg, format!("more than {MOST_INTERFACES} interfaces")));
            }
            let interface = self.interface(block);
            if interface.is_none() {
                notes.add(window.damage(Layer::PcapNg, "unreadable description of an interface".to_owned()));
            }
            // Later blocks name interfaces by their place, so the place is kept.
            self.interfaces.push(interface.unwrap_or(Interface::UNKNOWN));
            window.consume(len);
            return Ok(None);
        }
        let Some(packet) = self.packet(kind, block) else {
            notes.add(window.damage(Layer::PcapNg, "a packet that reaches beyond its block".to_owned()));
            window.consume(len);
            return Ok(None);
        };
        let interface = self.interfaces.get(packet.interface as usize).copied().unwrap_or_else(|| {
            let what = format!("a packet of interface {}, which is not described", packet.interface);
            notes.add(window.damage(Layer::PcapNg, what));
            Interface::UNKNOWN
        });
        if let Some(ticks) = packet.ticks {
            self.time_ns = interface.clock.time_ns(ticks);
        }
        let data_at = if kind == SIMPLE_PACKET { SIMPLE_DATA } else { PACKET_DATA };
        let place = window.consume(len);
        let start = place.start + data_at;
        let data = start..start + packet.captured;
        Ok(Some(Located { data, wire_len: packet.wire_len, link: interface.link, time_ns: self.time_ns }))
    }

    fn interface(&self, block: &[u8]) -> Option<Interface> {
        let parse =
            if self.big_endian { parse_interfacedescriptionblock_be } else { parse_interfacedescriptionblock_le };
        let (_, description) = parse(block).ok()?;
        // The parser reads this option as little-endian always.
        let offset_s = (description.options.iter())
            .take_while(|option| option.code != OptionCode::EndOfOpt)
            .find(|option| option.code == OptionCode::IfTsoffset)
            .and_then(|option| option.value().first_chunk())
            .map_or(0, |bytes| if self.big_endian { i64::from_be_bytes(*bytes) } else { i64::from_le_bytes(*bytes) });
        Some(Interface {
            link: u32::try_from(description.linktype.0).ok().and_then(LinkType::from_capture),
            clock: Clock::new(description.if_tsresol, offset_s),
            snaplen: description.snaplen,
        })
    }

    fn packet(&self, kind: u32, block: &[u8]) -> Option<Packet> {
        match kind {
            ENHANCED_PACKET => {
                let parse = if self.big_endian { parse_enhancedpacketblock_be } else { parse_enhancedpacketblock_le };
                let (_, packet) = parse(block).ok()?;
                Some(Packet {
                    interface: packet.if_id,
                    ticks: Some(u64::from(packet.ts_high) << 32 | u64::from(packet.ts_low)),
                    captured: packet.caplen as usize,
                    wire_len: packet.origlen,
                })
            }
            SIMPLE_PACKET => {
                let parse = if self.big_endian { parse_simplepacketblock_be } else { parse_simplepacketblock_le };
                let (_, packet) = parse(block).ok()?;
                // The captured length is not stated: it is the smaller of the interface's limit and the length on the
                // wire, and what lies behind it is padding.
                let limit = self.interfaces.first().map_or(0, |interface| interface.snaplen);
                let captured = if limit == 0 { packet.origlen } else { packet.origlen.min(limit) };
                let captured = (captured as usize).min(packet.data.len());
                Some(Packet { interface: 0, ticks: None, captured, wire_len: packet.origlen })
            }
            _ => self.obsolete_packet(block),
        }
    }

    /// The packet block of the first drafts, which `pcap-parser` does not know. As the enhanced one, but for 16 bits of
    /// interface and 16 of dropped packets.
    fn obsolete_packet(&self, block: &[u8]) -> Option<Packet> {
        let room = block.len().checked_sub(PACKET_DATA + 4)?;
        let word = |at| read_u32(block, at, self.big_endian);
        let captured = word(20) as usize;
        let interface = if self.big_endian { word(8) >> 16 } else { word(8) & 0xffff };
        let ticks = Some(u64::from(word(12)) << 32 | u64::from(word(16)));
        (captured <= room).then_some(Packet { interface, ticks, captured, wire_len: word(24) })
    }

    /// Steps over a block without holding it.
    fn skip_block(&self, window: &mut Window, len: usize) -> Result<(), Damage> {
        let start = window.offset();
        let cut = |window: &Window| Damage {
            offset: start,
            ..window.shortage(Layer::PcapNg, "the file ends within a block")
        };
        if !window.skip(len as u64 - 4) || !window.fill(4) {
            return Err(cut(window));
        }
        let again = read_u32(window.bytes(), 0, self.big_endian);
        if again as usize != len {
            return Err(Damage { offset: start, ..window.damage(Layer::PcapNg, two_lengths(len, again)) });
        }
        window.consume(4);
        Ok(())
    }

    /// A block ends with its length. Where that is another, the next block cannot be found.
    fn check_trailer(&self, window: &Window, len: usize) -> Result<(), Damage> {
        let again = read_u32(window.bytes(), len - 4, self.big_endian);
        if again as usize == len { Ok(()) } else { Err(window.damage(Layer::PcapNg, two_lengths(len, again))) }
    }
}

/// What a packet's block says.
struct Packet {
    interface: u32,
    ticks: Option<u64>,
    captured: usize,
    wire_len: u32,
}

fn hold(window: &mut Window, len: usize) -> Result<(), Damage> {
    if window.fill(len) { Ok(()) } else { Err(window.shortage(Layer::PcapNg, "the file ends within a block")) }
}

fn two_lengths(len: usize, again: u32) -> String {
    format!("a block of length {len} at its start and {again} at its end")
}

/// Four bytes as a number; 0 where they are not there, of which callers make sure.
fn read_u32(bytes: &[u8], at: usize, big_endian: bool) -> u32 {
    let word = bytes.get(at..).and_then(|rest| rest.first_chunk()).copied().unwrap_or_default();
    if big_endian { u32::from_be_bytes(word) } else { u32::from_le_bytes(word) }
}
