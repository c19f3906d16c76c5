//! One packet in 16 bytes.

use cato_runtime::{Direction, Packet};

/// The direction stands in the highest bit above the length, which needs 17.
const FROM_SOURCE: u32 = 1 << 31;

/// The fields of one packet of a flow, packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PacketFields {
    time_ns: u64,
    bytes_and_direction: u32,
    winsize: u16,
    ttl: u8,
    flags: u8,
}

impl PacketFields {
    /// Length of the packed form.
    pub(super) const LEN: usize = 16;

    pub(super) const NOTHING: Self = Self { time_ns: 0, bytes_and_direction: 0, winsize: 0, ttl: 0, flags: 0 };

    /// Reads the fields of a packet.
    #[must_use]
    pub fn new(packet: &Packet) -> Self {
        let direction = if packet.direction == Direction::Source { FROM_SOURCE } else { 0 };
        Self {
            time_ns: packet.time_ns,
            bytes_and_direction: packet.view.bytes() | direction,
            winsize: packet.view.winsize(),
            ttl: packet.view.ttl(),
            flags: packet.view.flags(),
        }
    }

    /// Nanoseconds since the flow's first packet, never falling.
    #[must_use]
    pub const fn time_ns(&self) -> u64 {
        self.time_ns
    }

    /// IP length in bytes, at most 65,575.
    #[must_use]
    pub const fn bytes(&self) -> u32 {
        self.bytes_and_direction & !FROM_SOURCE
    }

    /// TCP window as sent; 0 for UDP.
    #[must_use]
    pub const fn winsize(&self) -> u16 {
        self.winsize
    }

    /// Time to live or hop limit, in hops.
    #[must_use]
    pub const fn ttl(&self) -> u8 {
        self.ttl
    }

    /// TCP flags octet; 0 for UDP.
    #[must_use]
    pub const fn flags(&self) -> u8 {
        self.flags
    }

    /// Whether the flow's source sent the packet; otherwise its destination did.
    #[must_use]
    pub const fn from_source(&self) -> bool {
        self.bytes_and_direction & FROM_SOURCE != 0
    }

    /// The packed form, little-endian.
    pub(super) fn to_bytes(self) -> [u8; Self::LEN] {
        let low = u128::from(self.time_ns);
        let high = u64::from(self.bytes_and_direction)
            | u64::from(self.winsize) << 32
            | u64::from(self.ttl) << 48
            | u64::from(self.flags) << 56;
        (low | u128::from(high) << 64).to_le_bytes()
    }

    /// From the packed form.
    pub(super) fn from_bytes(bytes: &[u8; Self::LEN]) -> Self {
        let whole = u128::from_le_bytes(*bytes);
        let high = (whole >> 64) as u64;
        Self {
            time_ns: whole as u64,
            bytes_and_direction: high as u32,
            winsize: (high >> 32) as u16,
            ttl: (high >> 48) as u8,
            flags: (high >> 56) as u8,
        }
    }
}

const _: () = assert!(size_of::<PacketFields>() == PacketFields::LEN);

#[cfg(test)]
mod tests {
    use cato_runtime::PacketView;

    use super::*;

    #[test]
    fn fields_survive_packing() {
        let mut ip = [0; 20];
        (ip[0], ip[8]) = (0x45, 63);
        let mut tcp = [0; 20];
        (tcp[13], tcp[14], tcp[15]) = (0xd2, 0xab, 0xcd);
        for (direction, bytes) in [(Direction::Source, PacketView::MAX_BYTES), (Direction::Destination, 40)] {
            let packet = Packet { view: PacketView::tcp(&ip, &tcp, bytes), time_ns: u64::MAX - 1, direction };
            let fields = PacketFields::new(&packet);
            assert_eq!(fields.time_ns(), u64::MAX - 1);
            assert_eq!(fields.bytes(), bytes);
            assert_eq!(fields.winsize(), 0xabcd);
            assert_eq!(fields.ttl(), 63);
            assert_eq!(fields.flags(), 0xd2);
            assert_eq!(fields.from_source(), direction == Direction::Source);
            assert_eq!(PacketFields::from_bytes(&fields.to_bytes()), fields);
        }
    }
}
