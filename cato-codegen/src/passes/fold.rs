//! Replaces formulas whose value follows from the depth by that value.

use super::most_packets;
use crate::ir::{Column, Condition, Formula, Lowered, Operand};

const UNDEFINED: Formula = Formula::Constant(-1);

/// At depth 1 there is no gap, no duration, no deviation and no finished handshake.
pub(crate) fn fold(mut lowered: Lowered) -> Lowered {
    let packets = most_packets(lowered.depth);
    for column in &mut lowered.columns {
        fold_column(column, packets);
    }
    lowered
}

fn fold_column(column: &mut Column, packets: u64) {
    let alone = packets < 2;
    let never = column.conditions.iter().any(|condition| match *condition {
        Condition::AtLeast(_, least) => u64::from(least) > packets,
        Condition::TimePassed => alone,
        Condition::IsTcp => false,
    });
    if never {
        column.conditions.clear();
        column.formula = UNDEFINED;
    } else if alone && let Some(value) = value_of_one_packet(column.formula) {
        column.formula = Formula::Constant(value);
    }
}

fn value_of_one_packet(formula: Formula) -> Option<i8> {
    use crate::catalog::Field::Iat;
    use crate::ir::Accumulator::{Duration, Window};
    match formula {
        Formula::Integer(Operand::Kept(Duration) | Operand::GapSum(_)) | Formula::Deviation { .. } => Some(0),
        Formula::Median(Window(_, Iat)) | Formula::SynAck | Formula::AckDat | Formula::TcpRtt => Some(-1),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::fold;
    use crate::catalog::FeatureId;
    use crate::check::Checked;
    use crate::ir::{Formula, Lowered};
    use crate::lower::lower;
    use crate::spec::Depth;

    fn all_features(depth: Depth) -> Lowered {
        lower(&Checked { depth, features: FeatureId::ALL.to_vec(), model: None, early: Vec::new() })
    }

    #[test]
    fn one_packet_has_no_gaps() {
        let constants: Vec<_> = fold(all_features(Depth::Packets(1)))
            .columns
            .into_iter()
            .filter_map(|column| match column.formula {
                Formula::Constant(value) => Some((column.feature.name(), value, column.conditions.len())),
                _ => None,
            })
            .collect();
        let undefined = "s_load d_load s_iat_mean d_iat_mean tcp_rtt syn_ack ack_dat s_iat_min d_iat_min s_iat_max \
            d_iat_max s_iat_med d_iat_med s_iat_std d_iat_std";
        for name in undefined.split_whitespace() {
            assert!(constants.contains(&(name, -1, 0)), "{name} in {constants:?}");
        }
        assert!(constants.contains(&("dur", 0, 0)));
        assert!(constants.contains(&("s_iat_sum", 0, 1)), "{constants:?}");
        assert!(constants.contains(&("d_bytes_std", 0, 1)));
        assert!(constants.contains(&("d_winsize_std", 0, 2)));
        assert_eq!(constants.len(), 15 + 1 + 2 + 6);
    }

    #[test]
    fn deeper_pipelines_are_left_alone() {
        for depth in [Depth::Packets(2), Depth::All] {
            assert_eq!(fold(all_features(depth)), all_features(depth));
        }
    }
}
