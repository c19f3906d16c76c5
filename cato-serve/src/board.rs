//! Numbers that one thread writes and others read, without a lock.

use std::sync::atomic::{AtomicU64, Ordering, fence};

/// As many numbers as were asked for, which belong together: readers see those of one publication.
///
/// A sequence lock: one writer, whom no reader ever holds up; a reader that came at the wrong time looks again.
#[derive(Debug)]
pub(crate) struct Board {
    /// Odd while numbers are being written.
    version: AtomicU64,
    numbers: Box<[AtomicU64]>,
}

impl Board {
    pub(crate) fn new(numbers: usize) -> Self {
        Self { version: AtomicU64::new(0), numbers: (0..numbers).map(|_| AtomicU64::new(0)).collect() }
    }

    /// Replaces the numbers. Called by one thread only.
    #[inline]
    pub(crate) fn publish<'a>(&self, numbers: impl Iterator<Item = &'a mut u64>) {
        let version = self.version.load(Ordering::Relaxed);
        self.version.store(version.wrapping_add(1), Ordering::Relaxed);
        fence(Ordering::Release);
        for (place, number) in self.numbers.iter().zip(numbers) {
            place.store(*number, Ordering::Relaxed);
        }
        self.version.store(version.wrapping_add(2), Ordering::Release);
    }

    /// Reads the numbers as they were published last.
    pub(crate) fn read(&self) -> Vec<u64> {
        loop {
            let version = self.version.load(Ordering::Acquire);
            if version.is_multiple_of(2) {
                let numbers = self.numbers.iter().map(|number| number.load(Ordering::Relaxed)).collect();
                fence(Ordering::Acquire);
                if self.version.load(Ordering::Relaxed) == version {
                    return numbers;
                }
            }
            std::thread::yield_now();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_they_were_published() {
        let board = Board::new(64);
        std::thread::scope(|scope| {
            let writer = scope.spawn(|| {
                for round in 1..=20_000u64 {
                    board.publish([round; 64].iter_mut());
                }
            });
            let mut latest = 0;
            while !writer.is_finished() {
                let numbers = board.read();
                assert!(numbers.iter().all(|number| *number == numbers[0]), "{numbers:?}");
                assert!(numbers[0] >= latest);
                latest = numbers[0];
            }
        });
        assert_eq!(board.read(), [20_000; 64]);
    }
}
