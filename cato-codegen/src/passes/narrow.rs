//! Gives every accumulator the narrowest integer type that holds all it can reach.

use super::most_packets;
use crate::catalog::{Field, MEDIAN_WINDOW, Side};
use crate::ir::{Accumulator, Closed, Pipeline, Slot, Width};
use crate::spec::Depth;

/// Types follow from the largest field value and the depth. The integers are the same in any type that holds them, so
/// no feature changes.
pub(crate) fn narrow(closed: Closed) -> Pipeline {
    let Closed { depth, columns, accumulators } = closed;
    let slots = accumulators.iter().map(|&accumulator| {
        // Both directions' values lie in one array, under the name of the source's.
        let shared = match accumulator {
            Accumulator::Sorted(Side::Destination, field) => {
                accumulators.contains(&Accumulator::Sorted(Side::Source, field))
            }
            _ => false,
        };
        Slot { shared, ..slot(accumulator, depth) }
    });
    Pipeline {
        depth,
        features: columns.iter().map(|column| column.feature).collect(),
        slots: slots.collect(),
        columns,
        classifier: None,
        early: Vec::new(),
    }
}

fn slot(accumulator: Accumulator, depth: Depth) -> Slot {
    let packets = u128::from(most_packets(depth));
    let max = match accumulator {
        Accumulator::Protocol => u128::from(u8::MAX),
        Accumulator::Port(_) => u128::from(u16::MAX),
        Accumulator::Handshake => u128::from(u8::MAX),
        Accumulator::Flag(_) | Accumulator::Flags | Accumulator::Packets(_) => packets,
        Accumulator::Duration
        | Accumulator::SynAckTime
        | Accumulator::AckTime
        | Accumulator::FirstTime(_)
        | Accumulator::LastTime(_) => u128::from(Field::Iat.max()),
        Accumulator::Min(_, field)
        | Accumulator::Max(_, field)
        | Accumulator::Window(_, field)
        | Accumulator::Sorted(_, field) => u128::from(field.max()),
        Accumulator::Sum(_, field) => u128::from(field.max()).saturating_mul(packets),
        Accumulator::Squares(_, field) => square(field).saturating_mul(packets),
    };
    let len = match accumulator {
        Accumulator::Window(_, field) | Accumulator::Sorted(_, field) => window_len(field, depth),
        Accumulator::Flags => 8,
        _ => 1,
    };
    Slot { accumulator, max, width: Width::of(max), len, shared: false }
}

fn window_len(field: Field, depth: Depth) -> usize {
    let values = if field == Field::Iat { most_packets(depth).saturating_sub(1) } else { most_packets(depth) };
    values.min(MEDIAN_WINDOW) as usize
}

fn square(field: Field) -> u128 {
    u128::from(field.max()) * u128::from(field.max())
}

#[cfg(test)]
mod tests {
    use super::slot;
    use crate::catalog::{Field, Side};
    use crate::ir::{Accumulator, Width};
    use crate::spec::Depth;

    #[test]
    fn types_hold_all_that_the_depth_allows() {
        let side = Side::Source;
        for (accumulator, depth, width) in [
            (Accumulator::Packets(side), Depth::Packets(255), Width::U8),
            (Accumulator::Packets(side), Depth::Packets(256), Width::U16),
            (Accumulator::Packets(side), Depth::All, Width::U64),
            (Accumulator::Sum(side, Field::Ttl), Depth::Packets(1), Width::U8),
            (Accumulator::Sum(side, Field::Ttl), Depth::Packets(257), Width::U16),
            (Accumulator::Sum(side, Field::Ttl), Depth::Packets(258), Width::U32),
            (Accumulator::Sum(side, Field::Bytes), Depth::Packets(65_497), Width::U32),
            (Accumulator::Sum(side, Field::Bytes), Depth::Packets(65_498), Width::U64),
            (Accumulator::Sum(side, Field::Bytes), Depth::All, Width::U64),
            (Accumulator::Squares(side, Field::Bytes), Depth::Packets(1), Width::U64),
            (Accumulator::Squares(side, Field::Winsize), Depth::Packets(1), Width::U32),
            (Accumulator::Squares(side, Field::Winsize), Depth::All, Width::U128),
            (Accumulator::Squares(side, Field::Iat), Depth::Packets(2), Width::U128),
            (Accumulator::Min(side, Field::Bytes), Depth::All, Width::U32),
            (Accumulator::Duration, Depth::Packets(1), Width::U64),
        ] {
            assert_eq!(slot(accumulator, depth).width, width, "{accumulator:?} at {depth:?}");
        }
    }

    #[test]
    fn windows_are_as_long_as_the_depth_up_to_their_limit() {
        let len = |field, depth| slot(Accumulator::Window(Side::Source, field), depth).len;
        assert_eq!(len(Field::Bytes, Depth::Packets(10)), 10);
        assert_eq!(len(Field::Iat, Depth::Packets(10)), 9);
        assert_eq!(len(Field::Bytes, Depth::Packets(200)), 128);
        assert_eq!(len(Field::Iat, Depth::All), 128);
    }
}
