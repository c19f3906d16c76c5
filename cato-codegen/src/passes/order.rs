//! Lays the state out.

use std::cmp::Reverse;

use crate::ir::Pipeline;

/// Puts arrays last, so that all that every packet touches lies together, and wide integers before narrow ones, so
/// that there is no padding between them.
pub(crate) fn order(mut pipeline: Pipeline) -> Pipeline {
    pipeline
        .slots
        .sort_by_key(|slot| (slot.is_array(), Reverse(slot.width), slot.accumulator.side(), slot.accumulator));
    pipeline
}

#[cfg(test)]
mod tests {
    use crate::compile::compile;
    use crate::spec::{Depth, Spec};

    #[test]
    fn hot_integers_come_first_and_without_padding() {
        let features = ["s_bytes_med", "dur", "s_pkt_cnt", "s_bytes_sum", "d_ttl_min"].map(str::to_owned).to_vec();
        let spec = Spec { version: 1, name: None, early: vec![], depth: Depth::Packets(10), features, model: None };
        let pipeline = compile(&spec, &[]).unwrap();
        let slots: Vec<_> = pipeline.slots().iter().map(|slot| slot.accumulator).collect();
        assert!(pipeline.slots().last().unwrap().is_array(), "{slots:?}");
        let integers: usize = pipeline.slots().iter().filter(|slot| !slot.is_array()).map(crate::ir::Slot::bytes).sum();
        assert_eq!(integers, 8 + 4 + 1 + 1 + 1, "{slots:?}");
    }
}
