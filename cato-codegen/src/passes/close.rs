//! Finds what the formulas need, by closure; what is not reached is not there.

use std::collections::BTreeSet;

use crate::ir::{Accumulator, Closed, Column, Lowered};

/// Gathers the accumulators of all columns, each once, with all that they need themselves.
pub(crate) fn close(lowered: Lowered) -> Closed {
    let Lowered { depth, columns } = lowered;
    let mut accumulators = BTreeSet::new();
    let mut wanted: Vec<Accumulator> = columns.iter().flat_map(Column::needs).collect();
    // Most columns need what others need too.
    wanted.sort_unstable();
    wanted.dedup();
    while let Some(accumulator) = wanted.pop() {
        if accumulators.insert(accumulator) {
            wanted.extend(accumulator.needs());
        }
    }
    Closed { depth, columns, accumulators }
}

#[cfg(test)]
mod tests {
    use super::close;
    use crate::catalog::{FeatureId, Field, Side};
    use crate::check::Checked;
    use crate::ir::Accumulator;
    use crate::lower::lower;
    use crate::spec::Depth;

    fn accumulators(names: &[&str]) -> Vec<Accumulator> {
        let features = names.iter().map(|name| FeatureId::by_name(name).unwrap()).collect();
        close(lower(&Checked { depth: Depth::All, features, model: None, early: Vec::new() }))
            .accumulators
            .into_iter()
            .collect()
    }

    #[test]
    fn statistics_of_one_field_share_sum_and_count() {
        let shared = accumulators(&["s_bytes_sum", "s_bytes_mean", "s_bytes_std", "s_pkt_cnt"]);
        assert_eq!(
            shared,
            [
                Accumulator::Packets(Side::Source),
                Accumulator::Sum(Side::Source, Field::Bytes),
                Accumulator::Squares(Side::Source, Field::Bytes),
            ]
        );
    }

    #[test]
    fn nothing_is_kept_that_no_feature_needs() {
        assert_eq!(accumulators(&["dur"]), [Accumulator::Duration]);
        assert_eq!(accumulators(&["s_bytes_sum"]), [Accumulator::Sum(Side::Source, Field::Bytes)]);
        assert_eq!(
            accumulators(&["d_bytes_med"]),
            [Accumulator::Packets(Side::Destination), Accumulator::Window(Side::Destination, Field::Bytes)]
        );
    }

    #[test]
    fn gaps_bring_the_times_they_are_made_of() {
        assert_eq!(
            accumulators(&["d_iat_max"]),
            [
                Accumulator::Packets(Side::Destination),
                Accumulator::LastTime(Side::Destination),
                Accumulator::Max(Side::Destination, Field::Iat),
            ]
        );
    }
}
