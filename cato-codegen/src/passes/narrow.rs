//! Gives every accumulator the narrowest integer type that holds all it can reach.

use super::most_packets;
use crate::catalog::{Field, MEDIAN_WINDOW};
use crate::ir::{Accumulator, Closed, Formula, Pipeline, Slot, Width};
use crate::spec::Depth;

/// Types follow from the largest field value and the depth. The integers are the same in any type that holds them, so
/// no feature changes.
pub(crate) fn narrow(closed: Closed) -> Pipeline {
    let Closed { depth, columns, accumulators } = closed;
    let variances = columns
        .iter()
        .filter_map(|column| match column.formula {
            Formula::Deviation { squares, .. } => Some((squares, variance(squares, depth))),
            _ => None,
        })
        .collect();
    Pipeline {
        depth,
        features: columns.iter().map(|column| column.feature).collect(),
        columns,
        slots: accumulators.into_iter().map(|accumulator| slot(accumulator, depth)).collect(),
        variances,
        classifier: None,
    }
}

fn slot(accumulator: Accumulator, depth: Depth) -> Slot {
    let packets = u128::from(most_packets(depth));
    let max = match accumulator {
        Accumulator::Protocol => u128::from(u8::MAX),
        Accumulator::Port(_) => u128::from(u16::MAX),
        Accumulator::Handshake => 2,
        Accumulator::Flag(_) | Accumulator::Packets(_) => packets,
        Accumulator::Duration
        | Accumulator::SynAckTime
        | Accumulator::AckTime
        | Accumulator::FirstTime(_)
        | Accumulator::LastTime(_) => u128::from(u64::MAX),
        Accumulator::Min(_, field) | Accumulator::Max(_, field) | Accumulator::Window(_, field) => {
            u128::from(field.max())
        }
        Accumulator::Sum(_, field) => u128::from(field.max()).saturating_mul(packets),
        Accumulator::Squares(_, field) => square(field).saturating_mul(packets),
    };
    let len = match accumulator {
        Accumulator::Window(_, field) => window_len(field, depth),
        _ => 1,
    };
    Slot { accumulator, width: Width::of(max), len }
}

fn window_len(field: Field, depth: Depth) -> usize {
    let values = if field == Field::Iat { most_packets(depth).saturating_sub(1) } else { most_packets(depth) };
    values.min(MEDIAN_WINDOW) as usize
}

/// The type in which count times sum of squares fits, and so the square of the sum as well.
fn variance(squares: Accumulator, depth: Depth) -> Width {
    let Accumulator::Squares(_, field) = squares else { return Width::U128 };
    let packets = u128::from(most_packets(depth));
    // Narrower than 64 bits would save nothing.
    Width::of(square(field).saturating_mul(packets).saturating_mul(packets)).max(Width::U64)
}

fn square(field: Field) -> u128 {
    u128::from(field.max()) * u128::from(field.max())
}

#[cfg(test)]
mod tests {
    use super::{slot, variance};
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

    #[test]
    fn variances_use_words_where_they_fit() {
        let width = |field, depth| variance(Accumulator::Squares(Side::Source, field), depth);
        assert_eq!(width(Field::Ttl, Depth::Packets(1)), Width::U64);
        assert_eq!(width(Field::Bytes, Depth::Packets(65_496)), Width::U64);
        assert_eq!(width(Field::Bytes, Depth::Packets(65_498)), Width::U128);
        assert_eq!(width(Field::Iat, Depth::Packets(2)), Width::U128);
    }
}
