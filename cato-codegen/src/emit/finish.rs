//! One feature from what is kept: its condition and its value.

use proc_macro2::TokenStream;
use quote::quote;

use super::{names, number};
use crate::catalog::{Field, Side};
use crate::ir::{Accumulator, Arithmetic, Column, Condition, Formula, Operand, Pipeline, Width};

/// The parts of the handshake that the formulas need, each computed once.
pub(super) fn delays(formulas: impl Iterator<Item = Formula>) -> TokenStream {
    let formulas: Vec<Formula> = formulas.collect();
    let rtt = formulas.contains(&Formula::TcpRtt);
    let syn_ack = (rtt || formulas.contains(&Formula::SynAck)).then(|| {
        quote! {
            let syn_ack_delay = if state.handshake != 0 && state.s_pkt_cnt != 0 {
                state.syn_ack_ns.checked_sub(state.s_first_ns)
            } else {
                None
            };
        }
    });
    let ack_dat = (rtt || formulas.contains(&Formula::AckDat)).then(|| {
        quote! {
            let ack_delay = if state.handshake == !rt::TcpFlags::ACK {
                state.ack_ns.checked_sub(state.syn_ack_ns)
            } else {
                None
            };
        }
    });
    quote!(#syn_ack #ack_dat)
}

/// What has to hold for a feature to be defined.
pub(super) fn condition(condition: Condition) -> TokenStream {
    let kept = names::field(condition.needs());
    match condition {
        Condition::IsTcp => quote!(state.#kept == rt::PacketView::TCP),
        Condition::AtLeast(_, 1) | Condition::TimePassed => quote!(state.#kept != 0),
        Condition::AtLeast(_, packets) => {
            let packets = number(packets);
            quote!(state.#kept >= #packets)
        }
    }
}

/// A feature's value where it is defined, an `f32`.
pub(super) fn value(pipeline: &Pipeline, column: &Column) -> TokenStream {
    let arithmetic = column.arithmetic;
    match column.formula {
        Formula::Constant(value) => {
            let magnitude = proc_macro2::Literal::f32_unsuffixed(f32::from(value.unsigned_abs()));
            if value < 0 { quote!(-#magnitude) } else { quote!(#magnitude) }
        }
        Formula::Integer(operand) => to_f32(pipeline, operand),
        Formula::Quotient(above, below) => {
            let (above, below) = (to_f64(pipeline, above), to_f64(pipeline, below));
            quote!((#above / #below) as f32)
        }
        Formula::Load { bytes, duration } => {
            let (bytes, duration) = (to_f64(pipeline, Operand::Kept(bytes)), to_f64(pipeline, Operand::Kept(duration)));
            quote!((#bytes * 8e9 / #duration) as f32)
        }
        Formula::Deviation { count, sum, squares } => deviation(pipeline, arithmetic, count, sum, squares),
        Formula::Median(values) => median(pipeline, arithmetic, values),
        Formula::SynAck => delay(&quote!(syn_ack_delay)),
        Formula::AckDat => delay(&quote!(ack_delay)),
        Formula::TcpRtt => quote! {
            match (syn_ack_delay, ack_delay) {
                (Some(syn_ack), Some(ack_dat)) => rt::math::to_f32(syn_ack.wrapping_add(ack_dat)),
                _ => -1.0,
            }
        },
    }
}

fn delay(name: &TokenStream) -> TokenStream {
    quote! {
        match #name {
            Some(ns) => rt::math::to_f32(ns),
            None => -1.0,
        }
    }
}

/// An operand as an integer of the type that it is kept in.
fn operand(operand: Operand) -> TokenStream {
    match operand {
        Operand::Kept(accumulator) => {
            let kept = names::field(accumulator);
            quote!(state.#kept)
        }
        Operand::Gaps(side) => {
            let packets = names::field(Accumulator::Packets(side));
            quote!(state.#packets.wrapping_sub(1))
        }
        Operand::GapSum(side) => {
            let (first, last) = (Accumulator::FirstTime(side), Accumulator::LastTime(side));
            let (first, last) = (names::field(first), names::field(last));
            quote!(state.#last.wrapping_sub(state.#first))
        }
        Operand::Smallest(side, field) => ranked(side, field, &quote!(0)),
        Operand::Largest(side, field) => {
            let packets = names::field(Accumulator::Packets(side));
            // The last of as many values as packets, or of as many gaps.
            let behind = number(if field == Field::Iat { 2u8 } else { 1 });
            ranked(side, field, &quote!(usize::from(state.#packets.wrapping_sub(#behind))))
        }
        Operand::FlagCount(flag) => {
            let kept = names::field(Accumulator::Flags);
            let bit = number(flag.mask().trailing_zeros());
            quote!(state.#kept.of::<#bit>())
        }
    }
}

/// The value of a direction that `rank` of its values come before.
fn ranked(side: Side, field: Field, rank: &TokenStream) -> TokenStream {
    let kept = names::field(Accumulator::Sorted(side, field));
    match side {
        Side::Source => quote!(state.#kept.source(#rank)),
        Side::Destination => quote!(state.#kept.destination(#rank)),
    }
}

/// An operand as an `f32`, rounded once.
fn to_f32(pipeline: &Pipeline, operand: Operand) -> TokenStream {
    let value = self::operand(operand);
    if width_of(pipeline, operand) == Width::U64 { quote!(rt::math::to_f32(#value)) } else { quote!(#value as f32) }
}

/// An operand as an `f64`, rounded once.
fn to_f64(pipeline: &Pipeline, operand: Operand) -> TokenStream {
    let value = self::operand(operand);
    match width_of(pipeline, operand) {
        Width::U64 => quote!(rt::math::to_f64(#value)),
        Width::U128 => quote!(rt::math::wide_to_f64(#value)),
        _ => quote!(f64::from(#value)),
    }
}

/// sqrt(count * squares - sum^2) / count. The difference wraps to the true value, which is never negative.
fn deviation(
    pipeline: &Pipeline,
    arithmetic: Arithmetic,
    count: Operand,
    sum: Operand,
    squares: Accumulator,
) -> TokenStream {
    let wide = arithmetic == Arithmetic::Wide;
    let (integer, width) = if wide { (quote!(u128), Width::U128) } else { (quote!(u64), Width::U64) };
    let widened = |operand: Operand| {
        let value = self::operand(operand);
        if width_of(pipeline, operand) == width { value } else { quote!(#integer::from(#value)) }
    };
    let divisor = to_f64(pipeline, count);
    let (count, sum, squares) = (widened(count), widened(sum), widened(Operand::Kept(squares)));
    let variance = if wide { quote!(rt::math::wide_to_f64(variance)) } else { quote!(rt::math::to_f64(variance)) };
    quote! {{
        let sum = #sum;
        let variance = #count.wrapping_mul(#squares).wrapping_sub(sum.wrapping_mul(sum));
        (rt::math::sqrt(#variance) / #divisor) as f32
    }}
}

/// The middle value, or half the sum of the two middle ones.
fn median(pipeline: &Pipeline, arithmetic: Arithmetic, values: Accumulator) -> TokenStream {
    let middle = match values {
        Accumulator::Sorted(side, field) => {
            let packets = names::field(Accumulator::Packets(side));
            let count = match field {
                Field::Iat => quote!(usize::from(state.#packets.wrapping_sub(1))),
                _ => quote!(usize::from(state.#packets)),
            };
            let (low, high) =
                (ranked(side, field, &quote!(count.wrapping_sub(1) / 2)), ranked(side, field, &quote!(count / 2)));
            quote! {
                let count = #count;
                let (low, high) = (#low, #high);
            }
        }
        _ => {
            let name = names::field(values);
            quote!(let (low, high) = state.#name.middle();)
        }
    };
    let widened = |name: TokenStream| match width_of(pipeline, Operand::Kept(values)) {
        Width::U32 => name,
        _ => quote!(u32::from(#name)),
    };
    let half = if arithmetic == Arithmetic::Small {
        let (low, high) = (widened(quote!(low)), widened(quote!(high)));
        quote!(#low.wrapping_add(#high) as f32 * 0.5)
    } else {
        // One middle value is an integer, which is rounded once.
        quote! {
            if low == high {
                rt::math::to_f32(low)
            } else {
                (rt::math::to_f64(low.wrapping_add(high)) / 2.0) as f32
            }
        }
    };
    quote! {{ #middle #half }}
}

fn width_of(pipeline: &Pipeline, operand: Operand) -> Width {
    pipeline.slot(operand.holder()).map_or(Width::U128, |slot| slot.width)
}
