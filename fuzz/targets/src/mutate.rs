//! Inputs made of others.

use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

/// Values at which code tends to break.
const EDGES: [u64; 12] = [0, 1, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff];
/// The longest input that is made.
const LONGEST: usize = 1 << 16;

/// Makes inputs out of seeds: the same ones from the same number on every machine.
#[derive(Debug)]
pub struct Mutator<'a> {
    random: ChaCha8Rng,
    seeds: &'a [Vec<u8>],
    words: &'a [&'a str],
}

impl<'a> Mutator<'a> {
    /// Begins with a number.
    #[must_use]
    pub fn new(number: u64, seeds: &'a [Vec<u8>], words: &'a [&'a str]) -> Self {
        Self { random: ChaCha8Rng::seed_from_u64(number), seeds, words }
    }

    /// The next input.
    pub fn next_input(&mut self) -> Vec<u8> {
        let mut input = self.seed();
        for _ in 0..self.random.random_range(1..=8) {
            self.change(&mut input);
        }
        input.truncate(LONGEST);
        input
    }

    fn seed(&mut self) -> Vec<u8> {
        let number = self.random.random_range(0..self.seeds.len().max(1));
        self.seeds.get(number).cloned().unwrap_or_default()
    }

    fn change(&mut self, input: &mut Vec<u8>) {
        let at = self.random.random_range(0..=input.len());
        match self.random.random_range(0..9) {
            0 => flip(input, at, 1 << self.random.random_range(0..8)),
            1 => flip(input, at, self.random.random()),
            2 => self.edge(input, at),
            3 => {
                let part = self.part(input, at);
                input.drain(part);
            }
            4 => {
                let part = self.part(input, at);
                let repeated = input.get(part).unwrap_or(&[]).to_vec();
                insert(input, at, &repeated);
            }
            5 => input.truncate(at),
            6 => {
                let other = self.seed();
                let from = self.random.random_range(0..=other.len());
                let part = self.part(&other, from);
                insert(input, at, other.get(part).unwrap_or(&[]));
            }
            7 if !self.words.is_empty() => {
                let word = self.words[self.random.random_range(0..self.words.len())];
                insert(input, at, word.as_bytes());
            }
            _ => {
                let bytes: [u8; 8] = self.random.random();
                insert(input, at, &bytes[..self.random.random_range(1..=8)]);
            }
        }
    }

    /// Writes an edge over what stands there, in either order of bytes, or a number near it.
    fn edge(&mut self, input: &mut [u8], at: usize) {
        let near = self.random.random_range(0..3_u64);
        let value = EDGES[self.random.random_range(0..EDGES.len())].wrapping_add(near).wrapping_sub(1);
        let width = [1, 2, 4, 8][self.random.random_range(0..4)];
        let little = value.to_le_bytes();
        let mut bytes = little[..width].to_vec();
        if self.random.random() {
            bytes.reverse();
        }
        for (place, byte) in input.iter_mut().skip(at).zip(bytes) {
            *place = byte;
        }
    }

    /// A part of `bytes` that begins at `from`, most often a short one.
    fn part(&mut self, bytes: &[u8], from: usize) -> std::ops::Range<usize> {
        let most = if self.random.random_range(0..4) == 0 { bytes.len() } else { 32 };
        let len = self.random.random_range(0..=most.min(bytes.len() - from.min(bytes.len())));
        from.min(bytes.len())..from.min(bytes.len()) + len
    }
}

fn flip(input: &mut [u8], at: usize, bits: u8) {
    if let Some(byte) = input.get_mut(at) {
        *byte ^= bits;
    }
}

fn insert(input: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    let behind = input.split_off(at.min(input.len()));
    input.extend_from_slice(bytes);
    input.extend(behind);
}
