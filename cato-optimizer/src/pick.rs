//! The choice of one member of a front by name.

use std::fmt;
use std::str::FromStr;

/// How to choose a member.
#[derive(Clone, Debug, PartialEq)]
pub enum Pick {
    /// The member of lowest cost.
    Fastest,
    /// The member of highest quality.
    Best,
    /// The member where paying more stops paying off: the one that stands highest above the straight line from the
    /// fastest to the best, quality against the logarithm of cost. Of two that stand equally high, the cheaper.
    Knee,
    /// The member of lowest cost whose quality is at least this.
    MinQuality(f64),
    /// The member with this id.
    Id(String),
}

/// What of a member the choice looks at.
#[derive(Clone, Copy, Debug)]
pub struct Point<'a> {
    /// The member's id.
    pub id: &'a str,
    /// Its quality on the validation part, higher is better.
    pub quality: f64,
    /// Its cost, positive, lower is better.
    pub cost: f64,
}

/// Why no member was chosen.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum PickError {
    /// The front is empty.
    #[error("the front has no members")]
    Empty,
    /// No member is good enough.
    #[error("no member has a quality of {wanted} or more; the best has {best:.4}")]
    TooGood {
        /// The quality asked for.
        wanted: f64,
        /// The highest quality on the front.
        best: f64,
    },
    /// No member has the id.
    #[error("no member has the id `{id}`; the front has {ids}")]
    UnknownId {
        /// The id asked for.
        id: String,
        /// The ids that there are.
        ids: String,
    },
}

/// Why a text names no choice.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`min-quality={0}`: the quality must be a number from 0 to 1, as in min-quality=0.9")]
pub struct PickParseError(String);

impl Pick {
    /// The place of the chosen member in `front`, which is sorted by nothing in particular.
    ///
    /// # Errors
    /// Where the front is empty or no member fits.
    pub fn choose(&self, front: &[Point<'_>]) -> Result<usize, PickError> {
        let fastest = cheapest(front, |_| true).ok_or(PickError::Empty)?;
        let best = (0..front.len()).rev().max_by(|&a, &b| front[a].quality.total_cmp(&front[b].quality));
        let best = best.ok_or(PickError::Empty)?;
        match self {
            Self::Fastest => Ok(fastest),
            Self::Best => Ok(best),
            Self::Knee => Ok(knee(front, fastest, best)),
            Self::MinQuality(wanted) => cheapest(front, |point| point.quality >= *wanted)
                .ok_or(PickError::TooGood { wanted: *wanted, best: front[best].quality }),
            Self::Id(id) => front.iter().position(|point| point.id == id).ok_or_else(|| PickError::UnknownId {
                id: id.clone(),
                ids: front.iter().map(|point| point.id).collect::<Vec<_>>().join(", "),
            }),
        }
    }
}

fn cheapest(front: &[Point<'_>], fits: impl Fn(&Point<'_>) -> bool) -> Option<usize> {
    (0..front.len()).filter(|&at| fits(&front[at])).min_by(|&a, &b| front[a].cost.total_cmp(&front[b].cost))
}

fn knee(front: &[Point<'_>], fastest: usize, best: usize) -> usize {
    let (from, to) = (front[fastest], front[best]);
    let (run, rise) = ((to.cost / from.cost).ln(), to.quality - from.quality);
    // A line without extent has nothing above it.
    let above = |point: &Point<'_>| (point.quality - from.quality) * run - (point.cost / from.cost).ln() * rise;
    let mut order: Vec<_> = (0..front.len()).collect();
    order.sort_by(|&a, &b| front[a].cost.total_cmp(&front[b].cost));
    order.into_iter().rev().max_by(|&a, &b| above(&front[a]).total_cmp(&above(&front[b]))).unwrap_or(best)
}

impl FromStr for Pick {
    type Err = PickParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(match text {
            "fastest" => Self::Fastest,
            "best" => Self::Best,
            "knee" => Self::Knee,
            _ => match text.strip_prefix("min-quality=") {
                Some(number) => match number.parse() {
                    Ok(quality) if (0.0..=1.0).contains(&quality) => Self::MinQuality(quality),
                    _ => return Err(PickParseError(number.to_owned())),
                },
                None => Self::Id(text.to_owned()),
            },
        })
    }
}

impl fmt::Display for Pick {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fastest => out.write_str("fastest"),
            Self::Best => out.write_str("best"),
            Self::Knee => out.write_str("knee"),
            Self::MinQuality(quality) => write!(out, "min-quality={quality}"),
            Self::Id(id) => out.write_str(id),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Pick, PickError, Point};

    const FRONT: [Point<'static>; 4] = [
        Point { id: "7", quality: 0.60, cost: 100.0 },
        Point { id: "2", quality: 0.85, cost: 200.0 },
        Point { id: "31", quality: 0.90, cost: 1_000.0 },
        Point { id: "12", quality: 0.91, cost: 8_000.0 },
    ];

    #[test]
    fn names_choose_members() {
        for (text, expected) in [
            ("fastest", "7"),
            ("best", "12"),
            ("knee", "2"),
            ("min-quality=0.9", "31"),
            ("min-quality=0.86", "31"),
            ("31", "31"),
        ] {
            let pick: Pick = text.parse().unwrap();
            assert_eq!(pick.to_string(), text);
            assert_eq!(FRONT[pick.choose(&FRONT).unwrap()].id, expected, "{text}");
        }
    }

    #[test]
    fn the_order_of_members_does_not_matter() {
        let mut front = FRONT;
        front.reverse();
        for pick in [Pick::Fastest, Pick::Knee, Pick::Best, Pick::MinQuality(0.7)] {
            let id = FRONT[pick.choose(&FRONT).unwrap()].id;
            assert_eq!(front[pick.choose(&front).unwrap()].id, id, "{pick}");
        }
    }

    #[test]
    fn short_fronts_have_a_knee() {
        assert_eq!(Pick::Knee.choose(&FRONT[..1]), Ok(0));
        assert_eq!(Pick::Knee.choose(&FRONT[..2]), Ok(0));
        assert_eq!(Pick::Knee.choose(&[]), Err(PickError::Empty));
    }

    #[test]
    fn what_cannot_be_chosen_is_an_error() {
        assert_eq!(Pick::MinQuality(0.95).choose(&FRONT), Err(PickError::TooGood { wanted: 0.95, best: 0.91 }));
        assert!(Pick::Id("3".into()).choose(&FRONT).unwrap_err().to_string().contains("7, 2, 31, 12"));
        for text in ["min-quality=", "min-quality=1.5", "min-quality=NaN", "min-quality=-0.1"] {
            assert!(text.parse::<Pick>().is_err(), "{text}");
        }
    }
}
