//! The bytes that flows carry: they look encrypted.

use super::script::Side;

/// Appends `len` bytes of the stream that `side` sends, from `offset` on. The same place of a stream always holds the
/// same bytes, so what is sent again is the same again.
pub(super) fn append(frame: &mut Vec<u8>, secret: u64, side: Side, offset: u64, len: usize) {
    let stream = secret ^ mix(side.index() as u64 + 1);
    let end = frame.len() + len;
    let mut word = offset / 8;
    let mut skip = (offset % 8) as usize;
    while frame.len() < end {
        let bytes = mix(stream.wrapping_add(word.wrapping_mul(0x9e37_79b9_7f4a_7c15))).to_le_bytes();
        let take = (end - frame.len()).min(8 - skip);
        frame.extend_from_slice(&bytes[skip..skip + take]);
        skip = 0;
        word += 1;
    }
}

/// A bijection that spreads every bit over all (the finalizer of SplitMix64).
const fn mix(mut word: u64) -> u64 {
    word = (word ^ word >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    word = (word ^ word >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ word >> 31
}

#[cfg(test)]
mod tests {
    use super::append;
    use crate::synth::script::Side;

    #[test]
    fn any_part_is_that_of_the_whole() {
        let part = |offset, len| {
            let mut bytes = Vec::new();
            append(&mut bytes, 77, Side::Server, offset, len);
            bytes
        };
        let whole = part(0, 64);
        for start in 0..20 {
            assert_eq!(part(start as u64, 30), whole[start..start + 30]);
        }
        assert!(part(5, 0).is_empty());
    }
}
