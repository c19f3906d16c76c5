//! What is left to chance, the same for the same seed.

/// A share out of 2^32 as a number from 0 to 1.
pub(super) fn share(of_all: u32) -> f64 {
    f64::from(of_all) / f64::from(u32::MAX)
}

/// Two lots of a flow, from 0 to 1: whether it is admitted, and what it is bound to (splitmix64: Steele, Lea and Flood,
/// OOPSLA 2014).
pub(super) fn draws(seed: u64, flow: u32) -> [f64; 2] {
    let mix = |number: u64| {
        let mut word =
            seed.wrapping_mul(0xd134_2543_de82_ef95).wrapping_add(number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        word = (word ^ word >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ word >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        // 53 bits are what a fraction holds.
        ((word ^ word >> 31) >> 11) as f64 / (1_u64 << 53) as f64
    };
    [mix(2 * u64::from(flow) + 1), mix(2 * u64::from(flow) + 2)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lots_are_even_and_independent() {
        let flows = 0..20_000;
        let lots: Vec<[f64; 2]> = flows.map(|flow| draws(7, flow)).collect();
        let share_of =
            |test: &dyn Fn(&[f64; 2]) -> bool| lots.iter().filter(|lots| test(lots)).count() as f64 / 20_000.0;
        assert!((share_of(&|lots| lots[0] < 0.3) - 0.3).abs() < 0.02);
        assert!((share_of(&|lots| lots[1] < 0.3) - 0.3).abs() < 0.02);
        assert!((share_of(&|lots| lots[0] < 0.5 && lots[1] < 0.5) - 0.25).abs() < 0.02);
        assert_ne!(draws(7, 1), draws(8, 1));
        assert_eq!((share(0), share(u32::MAX)), (0.0, 1.0));
    }
}
