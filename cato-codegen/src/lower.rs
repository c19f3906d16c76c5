//! From features to formulas: what each one means in terms of what is kept of a flow.

use crate::catalog::{Definition, FeatureId, Field, Side, Statistic};
use crate::check::Checked;
use crate::ir::{Accumulator, Arithmetic, Column, Condition, Formula, Lowered, Operand};

/// Writes down the formula of every feature.
pub(crate) fn lower(checked: &Checked<'_>) -> Lowered {
    Lowered { depth: checked.depth, columns: checked.features.iter().copied().map(column).collect() }
}

fn column(feature: FeatureId) -> Column {
    use Accumulator as Kept;
    let kept = |accumulator| Formula::Integer(Operand::Kept(accumulator));
    let (conditions, formula) = match feature.row().definition {
        Definition::Duration => (vec![], kept(Kept::Duration)),
        Definition::Protocol => (vec![], kept(Kept::Protocol)),
        Definition::Port(side) => (vec![], kept(Kept::Port(side))),
        Definition::Load(side) => (
            vec![Condition::TimePassed],
            Formula::Load { bytes: Kept::Sum(side, Field::Bytes), duration: Kept::Duration },
        ),
        Definition::Packets(side) => (vec![], kept(Kept::Packets(side))),
        Definition::TcpRtt => (vec![], Formula::TcpRtt),
        Definition::SynAck => (vec![], Formula::SynAck),
        Definition::AckDat => (vec![], Formula::AckDat),
        Definition::Statistic(side, field, statistic) => {
            (conditions(side, field, statistic), formula(side, field, statistic))
        }
        Definition::Flag(flag) => (vec![Condition::IsTcp], kept(Kept::Flag(flag))),
    };
    Column { feature, conditions, formula, arithmetic: Arithmetic::Wide }
}

/// When a statistic is defined: values must be there, and for a sum of gaps, packets.
fn conditions(side: Side, field: Field, statistic: Statistic) -> Vec<Condition> {
    let packets = match (field, statistic) {
        (Field::Iat, Statistic::Sum) => Some(1),
        (Field::Iat, _) => Some(2),
        (_, Statistic::Sum) => None,
        _ => Some(1),
    };
    let tcp = field.is_tcp_only().then_some(Condition::IsTcp);
    tcp.into_iter().chain(packets.map(|packets| Condition::AtLeast(side, packets))).collect()
}

fn formula(side: Side, field: Field, statistic: Statistic) -> Formula {
    let (count, sum) = match field {
        Field::Iat => (Operand::Gaps(side), Operand::GapSum(side)),
        _ => (Operand::Kept(Accumulator::Packets(side)), Operand::Kept(Accumulator::Sum(side, field))),
    };
    match statistic {
        Statistic::Sum => Formula::Integer(sum),
        Statistic::Mean => Formula::Quotient(sum, count),
        Statistic::Min => Formula::Integer(Operand::Kept(Accumulator::Min(side, field))),
        Statistic::Max => Formula::Integer(Operand::Kept(Accumulator::Max(side, field))),
        Statistic::Med => Formula::Median(Accumulator::Window(side, field)),
        Statistic::Std => Formula::Deviation { count, sum, squares: Accumulator::Squares(side, field) },
    }
}
