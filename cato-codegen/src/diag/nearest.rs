//! The nearest name to a mistyped one.

/// The candidate that takes the fewest single-character edits from `name`, the first of equals; `None` where even that
/// one shares less than half of its characters with `name`.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let (distance, candidate) = candidates
        .into_iter()
        .map(|candidate| (edit_distance(name, candidate), candidate))
        .min_by_key(|&(distance, _)| distance)?;
    let longest = name.chars().count().max(candidate.chars().count());
    (distance * 2 <= longest).then_some(candidate)
}

/// Insertions, deletions, substitutions and swaps of neighbours that lead from one to the other.
fn edit_distance(from: &str, to: &str) -> usize {
    let from: Vec<char> = from.chars().collect();
    let to: Vec<char> = to.chars().collect();
    let mut before = vec![0; to.len() + 1];
    let mut above: Vec<usize> = (0..=to.len()).collect();
    for row in 1..=from.len() {
        let mut current = vec![row; to.len() + 1];
        for column in 1..=to.len() {
            let substitution = above[column - 1] + usize::from(from[row - 1] != to[column - 1]);
            let swapped = row > 1 && column > 1 && from[row - 1] == to[column - 2] && from[row - 2] == to[column - 1];
            let swap = if swapped { before[column - 2] + 1 } else { usize::MAX };
            current[column] = substitution.min(above[column] + 1).min(current[column - 1] + 1).min(swap);
        }
        before = std::mem::replace(&mut above, current);
    }
    above[to.len()]
}

#[cfg(test)]
mod tests {
    use super::{edit_distance, nearest};

    #[test]
    fn distances_count_edits() {
        for (from, to, distance) in [
            ("", "", 0),
            ("abc", "abc", 0),
            ("", "abc", 3),
            ("abc", "", 3),
            ("abcd", "abdc", 1),
            ("kitten", "sitting", 3),
        ] {
            assert_eq!(edit_distance(from, to), distance, "{from} {to}");
        }
    }

    #[test]
    fn the_nearest_name_wins_and_the_first_of_equals() {
        let names = ["s_bytes_sum", "d_bytes_sum", "dur"];
        assert_eq!(nearest("s_byte_sum", names), Some("s_bytes_sum"));
        assert_eq!(nearest("x_bytes_sum", names), Some("s_bytes_sum"));
        assert_eq!(nearest("durr", names), Some("dur"));
        assert_eq!(nearest("entropy_of_payload", names), None);
    }
}
