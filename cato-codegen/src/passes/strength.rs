//! Finishes features in the cheapest arithmetic that gives the same bits.

use crate::ir::{Accumulator, Arithmetic, Formula, Operand, Pipeline};

/// Sums of fewer bits than the significand of an `f32` are exact in it.
const EXACT_IN_F32: u128 = 1 << 24;
/// Integers below convert to floats in one instruction.
const SIGNED: u128 = 1 << 63;

/// Chooses by the largest value that an intermediate result can have.
pub(crate) fn strength(mut pipeline: Pipeline) -> Pipeline {
    let arithmetics: Vec<_> = pipeline.columns.iter().map(|column| arithmetic(&pipeline, column.formula)).collect();
    for (column, arithmetic) in pipeline.columns.iter_mut().zip(arithmetics) {
        column.arithmetic = arithmetic;
    }
    pipeline
}

fn arithmetic(pipeline: &Pipeline, formula: Formula) -> Arithmetic {
    let of_max = |max: u128| match max {
        max if max < EXACT_IN_F32 => Arithmetic::Small,
        max if max < SIGNED => Arithmetic::Word,
        _ => Arithmetic::Wide,
    };
    match formula {
        Formula::Constant(_) => Arithmetic::Small,
        Formula::Integer(operand) => of_max(pipeline.max_of(operand)),
        Formula::Quotient(above, below) => of_max(pipeline.max_of(above).max(pipeline.max_of(below))),
        Formula::Load { bytes, duration } => {
            let max = |kept| pipeline.max_of(Operand::Kept(kept));
            of_max(max(bytes).max(max(duration)))
        }
        Formula::Deviation { squares, .. } => of_max(variance(pipeline, squares)),
        // Two gaps of one direction together are no longer than the flow.
        Formula::Median(values) if values.is_of_gaps() => Arithmetic::Word,
        Formula::Median(values) => of_max(2 * pipeline.max_of(Operand::Kept(values))),
        Formula::SynAck | Formula::AckDat | Formula::TcpRtt => Arithmetic::Word,
    }
}

/// Count times sum of squares, and so the square of the sum as well, are no larger.
fn variance(pipeline: &Pipeline, squares: Accumulator) -> u128 {
    let Accumulator::Squares(side, _) = squares else { return u128::MAX };
    let count = pipeline.max_of(Operand::Kept(Accumulator::Packets(side)));
    pipeline.max_of(Operand::Kept(squares)).saturating_mul(count)
}

#[cfg(test)]
mod tests {
    use crate::catalog::FeatureId;
    use crate::compile::compile;
    use crate::ir::Arithmetic::{self, Small, Wide, Word};
    use crate::spec::{Depth, Spec};

    fn arithmetic(name: &str, depth: Depth) -> Arithmetic {
        let spec = Spec { version: 1, name: None, early: vec![], depth, features: vec![name.to_owned()], model: None };
        compile(&spec, &[]).unwrap().columns()[0].arithmetic
    }

    #[test]
    fn arithmetic_is_as_wide_as_its_largest_value() {
        let packets = Depth::Packets;
        for (name, depth, expected) in [
            ("s_ttl_sum", packets(10), Small),
            ("s_bytes_sum", packets(255), Small),
            ("s_bytes_sum", packets(256), Word),
            ("s_bytes_sum", Depth::All, Word),
            ("s_bytes_med", packets(10), Small),
            ("s_winsize_med", Depth::All, Small),
            ("s_iat_med", Depth::All, Word),
            ("dur", packets(2), Word),
            ("s_load", Depth::All, Word),
            ("s_ttl_std", packets(10), Small),
            ("s_bytes_std", packets(10), Word),
            ("s_bytes_std", packets(46_000), Word),
            ("s_bytes_std", packets(47_000), Wide),
            ("s_iat_std", packets(2), Wide),
            ("tcp_rtt", Depth::All, Word),
        ] {
            assert_eq!(arithmetic(name, depth), expected, "{name} at {depth:?}");
        }
    }

    #[test]
    fn few_features_need_wide_arithmetic() {
        let wide = |depth| FeatureId::ALL.iter().filter(|feature| arithmetic(feature.name(), depth) == Wide).count();
        // Before this pass all 67 are computed so.
        assert_eq!(wide(Depth::Packets(10)), 2, "the deviations of gaps");
        assert_eq!(wide(Depth::All), 8, "all deviations");
    }
}
