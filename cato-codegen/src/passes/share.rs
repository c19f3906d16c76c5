//! Lets one accumulator serve features that would each keep their own.

use std::collections::BTreeSet;

use super::most_packets;
use crate::catalog::{Field, Flag, Side};
use crate::ir::{Accumulator, Formula, Lowered, Operand};

/// Up to so many packets medians are taken from values kept in order. Inserting takes time in proportion to their number,
/// and from here on selecting the middle of them at the end takes less.
const SORTED_PACKETS: u64 = 24;
/// Up to so many packets all counts of flags fit into one word.
const COUNTED_TOGETHER: u64 = 255;

/// Where values are few, the order that a median needs also has the smallest and the largest at hand. Several flags are
/// counted by one addition.
pub(crate) fn share(mut lowered: Lowered) -> Lowered {
    let packets = most_packets(lowered.depth);
    let formulas = || lowered.columns.iter().map(|column| column.formula);
    let sorted: BTreeSet<(Side, Field)> = formulas()
        .filter_map(|formula| match formula {
            Formula::Median(Accumulator::Window(side, field)) if packets <= SORTED_PACKETS => Some((side, field)),
            _ => None,
        })
        .collect();
    let flags: BTreeSet<Flag> = formulas().filter_map(flag).collect();
    let together = packets <= COUNTED_TOGETHER && flags.len() > 1;
    for column in &mut lowered.columns {
        column.formula = match column.formula {
            Formula::Median(Accumulator::Window(side, field)) if sorted.contains(&(side, field)) => {
                Formula::Median(Accumulator::Sorted(side, field))
            }
            Formula::Integer(Operand::Kept(Accumulator::Min(side, field))) if sorted.contains(&(side, field)) => {
                Formula::Integer(Operand::Smallest(side, field))
            }
            Formula::Integer(Operand::Kept(Accumulator::Max(side, field))) if sorted.contains(&(side, field)) => {
                Formula::Integer(Operand::Largest(side, field))
            }
            formula => match flag(formula) {
                Some(flag) if together => Formula::Integer(Operand::FlagCount(flag)),
                _ => formula,
            },
        };
    }
    lowered
}

fn flag(formula: Formula) -> Option<Flag> {
    match formula {
        Formula::Integer(Operand::Kept(Accumulator::Flag(flag))) => Some(flag),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{SORTED_PACKETS, share};
    use crate::catalog::FeatureId;
    use crate::check::Checked;
    use crate::ir::Lowered;
    use crate::lower::lower;
    use crate::passes::close;
    use crate::spec::Depth;

    fn lowered(names: &[&str], packets: u64) -> Lowered {
        let features = names.iter().map(|name| FeatureId::by_name(name).unwrap()).collect();
        lower(&Checked { depth: Depth::Packets(packets as u16), features, model: None, early: Vec::new() })
    }

    /// How many accumulators packets change, before and after.
    fn operations(names: &[&str], packets: u64) -> (usize, usize) {
        let lowered = lowered(names, packets);
        (close(lowered.clone()).accumulators.len(), close(share(lowered)).accumulators.len())
    }

    #[test]
    fn what_is_sorted_for_a_median_gives_the_extremes_too() {
        let names = ["s_ttl_min", "s_ttl_max", "s_ttl_med", "s_pkt_cnt"];
        assert_eq!(operations(&names, SORTED_PACKETS), (4, 2));
        assert_eq!(operations(&names, SORTED_PACKETS + 1), (4, 4));
        assert_eq!(operations(&names[..2], 10), (3, 3), "without a median nothing is sorted");
    }

    #[test]
    fn flags_are_counted_together() {
        let all = ["cwr_cnt", "ece_cnt", "urg_cnt", "ack_cnt", "psh_cnt", "rst_cnt", "syn_cnt", "fin_cnt"];
        // One more in each case is the protocol, by which counts are defined or not.
        assert_eq!(operations(&all, 255), (9, 2));
        assert_eq!(operations(&all, 256), (9, 9));
        assert_eq!(operations(&all[..1], 10), (2, 2));
    }

    #[test]
    fn all_features_of_ten_packets_need_half_as_much() {
        let all: Vec<_> = FeatureId::ALL.iter().map(|feature| feature.name()).collect();
        let (before, after) = operations(&all, 10);
        assert!(after * 3 <= before * 2, "{before} accumulators, {after} shared");
    }
}
