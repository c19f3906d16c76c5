//! Dealing rows out to parts so that every class keeps its share in each.

use std::collections::BTreeMap;

use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

/// Deals rows out one by one: every class comes within one row of its share in each part, and has a row in each part
/// where it has as many rows as there are parts.
///
/// `classes` gives the class of each row, below `class_count`; `fractions` sum to 1. Returns the part of each row.
pub(super) fn rows(classes: &[u16], class_count: usize, fractions: &[f64], rng: &mut ChaCha8Rng) -> Vec<usize> {
    let mut rows_of = vec![Vec::new(); class_count];
    for (row, &class) in classes.iter().enumerate() {
        rows_of[usize::from(class)].push(row);
    }
    let mut parts = vec![0; classes.len()];
    let mut owed = vec![0.0; fractions.len()];
    for rows in &mut rows_of {
        rows.shuffle(rng);
        let mut rows = rows.iter();
        for (part, size) in apportion(rows.len(), fractions, &mut owed).into_iter().enumerate() {
            rows.by_ref().take(size).for_each(|&row| parts[row] = part);
        }
    }
    parts
}

/// Deals whole groups of rows out: no group is in two parts.
///
/// Every class comes as near to its share in each part as moving and exchanging groups can bring it, and has a group in
/// each part where that can be had. `groups` gives the group of each row; the rest is as for [`rows`].
pub(super) fn groups(
    groups: &[u32],
    classes: &[u16],
    class_count: usize,
    fractions: &[f64],
    rng: &mut ChaCha8Rng,
) -> Vec<usize> {
    let mut members = BTreeMap::<u32, BTreeMap<usize, usize>>::new();
    for (&group, &class) in groups.iter().zip(classes) {
        *members.entry(group).or_default().entry(usize::from(class)).or_default() += 1;
    }
    let mut members: Vec<(u32, Vec<(usize, usize)>)> =
        members.into_iter().map(|(group, classes)| (group, classes.into_iter().collect())).collect();
    members.shuffle(rng);
    let (names, members): (Vec<u32>, Vec<_>) = members.into_iter().unzip();

    let mut allocation = Allocation::new(members, class_count, fractions);
    allocation.improve();
    let part_of: BTreeMap<u32, usize> = names.into_iter().zip(allocation.part_of).collect();
    groups.iter().map(|group| part_of[group]).collect()
}

/// How many of `count` rows go to each part. What rounding keeps from a part is owed to it when the next class is dealt.
fn apportion(count: usize, fractions: &[f64], owed: &mut [f64]) -> Vec<usize> {
    let mut sizes: Vec<usize> = fractions.iter().map(|fraction| (fraction * count as f64) as usize).collect();
    let mut left = count - sizes.iter().sum::<usize>();
    if count >= sizes.len() {
        for size in sizes.iter_mut().filter(|size| **size == 0) {
            let taken = left.min(1);
            *size += taken;
            left -= taken;
        }
    }
    for (part, fraction) in fractions.iter().enumerate() {
        owed[part] += fraction * count as f64 - sizes[part] as f64;
    }
    let mut most_owed: Vec<usize> = (0..sizes.len()).collect();
    most_owed.sort_by(|&a, &b| owed[b].total_cmp(&owed[a]));
    for &part in &most_owed[..left] {
        sizes[part] += 1;
        owed[part] -= 1.0;
    }
    sizes
}

/// Classes with more groups than this are balanced by moves alone; exchanges, whose number grows with the square, are
/// for those where one move would leave a part without the class.
const MOST_GROUPS_EXCHANGED: usize = 64;

/// Rounds of improvement; few are ever needed.
const MOST_ROUNDS: usize = 50;

/// Weighs more than any imbalance can.
const ABSENCE: f64 = 100.0;

/// Groups in parts, and the counts that say how good that is.
struct Allocation<'a> {
    fractions: &'a [f64],
    /// By group: (class, rows).
    members: Vec<Vec<(usize, usize)>>,
    part_of: Vec<usize>,
    /// By class: all rows.
    totals: Vec<usize>,
    /// By class, then part.
    tallies: Vec<Vec<Tally>>,
}

#[derive(Clone, Copy, Default)]
struct Tally {
    rows: usize,
    groups: usize,
}

impl<'a> Allocation<'a> {
    /// Places one group after the other where it does best.
    fn new(members: Vec<Vec<(usize, usize)>>, class_count: usize, fractions: &'a [f64]) -> Self {
        let mut totals = vec![0; class_count];
        for &(class, rows) in members.iter().flatten() {
            totals[class] += rows;
        }
        let tallies = vec![vec![Tally::default(); fractions.len()]; class_count];
        let mut allocation = Self { fractions, members, part_of: Vec::new(), totals, tallies };
        for group in 0..allocation.members.len() {
            allocation.part_of.push(0);
            allocation.put(group, 0);
            for part in 1..fractions.len() {
                allocation.change(&[(group, part)]);
            }
        }
        allocation
    }

    /// Moves and exchanges groups as long as that makes things better.
    fn improve(&mut self) {
        let mut groups_of = vec![Vec::new(); self.totals.len()];
        for (group, members) in self.members.iter().enumerate() {
            members.iter().for_each(|&(class, _)| groups_of[class].push(group));
        }
        groups_of.retain(|groups| groups.len() <= MOST_GROUPS_EXCHANGED);
        for _ in 0..MOST_ROUNDS {
            let mut better = false;
            for group in 0..self.members.len() {
                for part in 0..self.fractions.len() {
                    better |= self.change(&[(group, part)]);
                }
            }
            for groups in &groups_of {
                for (place, &one) in groups.iter().enumerate() {
                    for &other in &groups[..place] {
                        better |= self.change(&[(one, self.part_of[other]), (other, self.part_of[one])]);
                    }
                }
            }
            if !better {
                return;
            }
        }
    }

    /// Puts groups into other parts if that is better; says whether it was.
    fn change(&mut self, moves: &[(usize, usize)]) -> bool {
        if moves.iter().all(|&(group, part)| self.part_of[group] == part) {
            return false;
        }
        let mut touched: Vec<usize> =
            moves.iter().flat_map(|&(group, _)| self.members[group].iter().map(|&(class, _)| class)).collect();
        touched.sort_unstable();
        touched.dedup();
        let badness = |allocation: &Self| touched.iter().map(|&class| allocation.badness(class)).sum::<f64>();

        let before = badness(self);
        let back: Vec<_> = moves.iter().map(|&(group, _)| (group, self.part_of[group])).collect();
        self.relocate(moves);
        let better = badness(self) < before - 1e-9;
        if !better {
            self.relocate(&back);
        }
        better
    }

    fn relocate(&mut self, moves: &[(usize, usize)]) {
        for &(group, part) in moves {
            self.take(group);
            self.put(group, part);
        }
    }

    fn put(&mut self, group: usize, part: usize) {
        self.part_of[group] = part;
        for &(class, rows) in &self.members[group] {
            let tally = &mut self.tallies[class][part];
            tally.rows += rows;
            tally.groups += 1;
        }
    }

    fn take(&mut self, group: usize) {
        for &(class, rows) in &self.members[group] {
            let tally = &mut self.tallies[class][self.part_of[group]];
            tally.rows -= rows;
            tally.groups -= 1;
        }
    }

    /// How far a class is from its share in the parts (chi-squared distance), and how much of it they lack.
    fn badness(&self, class: usize) -> f64 {
        let total = self.totals[class] as f64;
        let parts = self.tallies[class].iter().zip(self.fractions);
        parts
            .map(|(tally, fraction)| {
                let distance = tally.rows as f64 / total - fraction;
                let absence = if tally.groups == 0 { ABSENCE * fraction } else { 0.0 };
                distance * distance / fraction + absence
            })
            .sum()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    use super::{groups, rows};

    const THREE: [f64; 3] = [0.6, 0.2, 0.2];

    fn counts(classes: &[u16], parts: &[usize], class: u16) -> [usize; 3] {
        let mut counts = [0; 3];
        for (_, &part) in classes.iter().zip(parts).filter(|&(&other, _)| other == class) {
            counts[part] += 1;
        }
        counts
    }

    proptest! {
        #[test]
        fn rows_come_within_one_of_their_share(sizes in prop::collection::vec(0usize..60, 1..8), seed: u64) {
            let classes: Vec<u16> =
                (0..).zip(&sizes).flat_map(|(class, &size)| std::iter::repeat_n(class, size)).collect();
            let parts = rows(&classes, sizes.len(), &THREE, &mut ChaCha8Rng::seed_from_u64(seed));
            for (class, &size) in (0..).zip(&sizes) {
                let counts = counts(&classes, &parts, class);
                for (&count, fraction) in counts.iter().zip(THREE) {
                    prop_assert!((count as f64 - fraction * size as f64).abs() <= 1.0 + 1e-9, "{counts:?} of {size}");
                    prop_assert!(size < 3 || count > 0);
                }
            }
        }

        #[test]
        fn groups_stay_whole_and_every_part_gets_one(
            sizes in prop::collection::vec(prop::collection::vec(1usize..40, 3..9), 1..6),
            seed: u64,
        ) {
            let (mut classes, mut captures) = (Vec::new(), Vec::new());
            for (class, sizes) in (0u16..).zip(&sizes) {
                for (group, &size) in (0u32..).zip(sizes) {
                    classes.extend(std::iter::repeat_n(class, size));
                    captures.extend(std::iter::repeat_n(u32::from(class) * 100 + group, size));
                }
            }
            let parts = groups(&captures, &classes, sizes.len(), &THREE, &mut ChaCha8Rng::seed_from_u64(seed));
            let mut part_of = std::collections::BTreeMap::new();
            for (capture, part) in captures.iter().zip(&parts) {
                prop_assert_eq!(part_of.entry(capture).or_insert(part), &part);
            }
            for class in 0..sizes.len() as u16 {
                prop_assert!(counts(&classes, &parts, class).iter().all(|&count| count > 0));
            }
        }
    }

    #[test]
    fn many_mixed_groups_come_near_the_shares() {
        // 60 captures of two out of five classes each, of sizes 1 to 13.
        let (mut classes, mut captures) = (Vec::new(), Vec::new());
        for capture in 0..60u32 {
            for (step, size) in [(0, 1 + capture % 13), (1, 1 + capture % 7)] {
                classes.extend(std::iter::repeat_n(((capture + step) % 5) as u16, size as usize));
                captures.extend(std::iter::repeat_n(capture, size as usize));
            }
        }
        let parts = groups(&captures, &classes, 5, &THREE, &mut ChaCha8Rng::seed_from_u64(7));
        for class in 0..5 {
            let counts = counts(&classes, &parts, class);
            let total: usize = counts.iter().sum();
            for (count, fraction) in counts.into_iter().zip(THREE) {
                assert!((count as f64 / total as f64 - fraction).abs() < 0.03, "class {class}: {counts:?}");
            }
        }
    }

    #[test]
    fn a_large_group_goes_where_it_belongs() {
        // One class, three captures of 100, 10 and 10 rows: the large one must train, in whatever order they come.
        let classes = [0; 120];
        let captures: Vec<u32> = (0..120).map(|row| if row < 100 { 0 } else { 1 + row % 2 }).collect();
        for seed in 0..20 {
            let parts = groups(&captures, &classes, 1, &THREE, &mut ChaCha8Rng::seed_from_u64(seed));
            assert_eq!(counts(&classes, &parts, 0), [100, 10, 10], "seed {seed}");
        }
    }
}
