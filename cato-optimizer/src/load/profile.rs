//! How load changes over time, as a user describes it.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The version of the format that this program reads and writes.
const VERSION: u32 = 1;
/// The longest profile in seconds.
const LONGEST: f64 = 3_600.0;
/// The largest multiple of the unit of load.
const MOST: f64 = 1_000.0;

/// A course of load.
///
/// Load is in multiples of the flows per second that the member of a pool with the best quality can bear.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Version of the format.
    pub version: u32,
    /// What it is called.
    pub name: String,
    /// Its length in seconds.
    pub seconds: f64,
    /// How many times as fast as they were captured flows go on: one that lasted 60 s lasts 1 s at 60.
    #[serde(default = "played_at")]
    pub speed: f64,
    /// The course.
    pub shape: Shape,
}

/// The kinds of course.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Shape {
    /// Always the same.
    Constant {
        /// The load.
        load: f64,
    },
    /// One day: from the lowest load to the highest and back, as a cosine.
    Diurnal {
        /// At the beginning and at the end.
        lowest: f64,
        /// In the middle.
        highest: f64,
    },
    /// Bursts above a base, one a second in the mean, whose heights and lengths have heavy tails (Pareto with exponent 1.5).
    Bursts {
        /// Between bursts.
        base: f64,
        /// The least height of a burst.
        height: f64,
        /// The most of base and bursts together.
        highest: f64,
    },
    /// A sudden crowd that goes away slowly: after three tenths of the time the load rises within a tenth of a second, and
    /// falls back by the factor e in every sixth of the time.
    FlashCrowd {
        /// Before, and long after.
        base: f64,
        /// The highest load.
        peak: f64,
    },
    /// Flows as always, and in the middle half of the time SYNs of connections that go on with nothing.
    SynFlood {
        /// The load of true flows.
        base: f64,
        /// SYNs a second, in the same unit.
        flood: f64,
    },
    /// What was recorded elsewhere, as `(second, load)`, joined by straight lines; before the first point and after the last
    /// the load is theirs.
    Recorded {
        /// Seconds ascending.
        points: Vec<(f64, f64)>,
    },
}

/// Why a profile cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// It is not TOML of this form.
    #[error("{0}")]
    Form(#[from] toml::de::Error),
    /// A name that no profile has.
    #[error(
        "no profile is called `{0}`: there are constant:X, diurnal, bursts, flash-crowd and syn-flood, recorded:FILE with \
         lines of `second,load`, and files that end in .toml"
    )]
    Name(String),
    /// A line of a recording that is not two numbers.
    #[error("line {line}: `{text}` is not `second,load`")]
    Line {
        /// Counted from 1.
        line: usize,
        /// The line.
        text: String,
    },
    /// It says what cannot be; one sentence for each mistake.
    #[error("{}", .0.join("; "))]
    Mistakes(Vec<String>),
}

fn played_at() -> f64 {
    60.0
}

impl Profile {
    fn new(name: &str, seconds: f64, shape: Shape) -> Self {
        Self { version: VERSION, name: name.to_owned(), seconds, speed: played_at(), shape }
    }

    /// Reads a profile.
    ///
    /// # Errors
    /// [`ProfileError::Form`] and [`ProfileError::Mistakes`].
    pub fn from_toml(text: &str) -> Result<Self, ProfileError> {
        let profile: Self = toml::from_str(text)?;
        profile.checked()
    }

    /// A recording: lines of `second,load`, empty ones and those that begin with `#` left out. It is as long as they say.
    ///
    /// # Errors
    /// [`ProfileError::Line`] and [`ProfileError::Mistakes`].
    pub fn recorded(name: &str, text: &str) -> Result<Self, ProfileError> {
        let mut points = Vec::new();
        for (number, text) in text.lines().map(str::trim).enumerate() {
            if text.is_empty() || text.starts_with('#') {
                continue;
            }
            let numbers = text.split_once(',').map(|(second, load)| (second.trim().parse(), load.trim().parse()));
            let Some((Ok(second), Ok(load))) = numbers else {
                return Err(ProfileError::Line { line: number + 1, text: text.to_owned() });
            };
            points.push((second, load));
        }
        let seconds = points.last().map_or(0.0, |(second, _)| *second);
        Self::new(name, seconds, Shape::Recorded { points }).checked()
    }

    fn checked(self) -> Result<Self, ProfileError> {
        let mut mistakes = Vec::new();
        if self.version != VERSION {
            mistakes.push(format!("version {} is not known; this program reads {VERSION}", self.version));
        }
        if !(self.seconds > 0.0 && self.seconds <= LONGEST) {
            mistakes.push(format!("seconds is {}, not above 0 and at most {LONGEST}", self.seconds));
        }
        if !(self.speed > 0.0 && self.speed.is_finite()) {
            mistakes.push(format!("speed is {}, not a number above 0", self.speed));
        }
        let mut load = |name: &str, load: f64| {
            if !(0.0..=MOST).contains(&load) {
                mistakes.push(format!("{name} is {load}, not a number from 0 to {MOST}"));
            }
        };
        match &self.shape {
            Shape::Constant { load: always } => load("load", *always),
            Shape::Diurnal { lowest, highest } => {
                load("lowest", *lowest);
                load("highest", *highest);
            }
            Shape::Bursts { base, height, highest } => {
                load("base", *base);
                load("height", *height);
                load("highest", *highest);
            }
            Shape::FlashCrowd { base, peak } => {
                load("base", *base);
                load("peak", *peak);
            }
            Shape::SynFlood { base, flood } => {
                load("base", *base);
                load("flood", *flood);
            }
            Shape::Recorded { points } => {
                points.iter().for_each(|(second, point)| load(&format!("the load at second {second}"), *point));
                if points.is_empty() || !points.is_sorted_by(|before, after| before.0 < after.0) {
                    mistakes.push("a recording needs points whose seconds ascend".to_owned());
                }
            }
        }
        if mistakes.is_empty() { Ok(self) } else { Err(ProfileError::Mistakes(mistakes)) }
    }
}

impl FromStr for Profile {
    type Err = ProfileError;

    /// The profiles that have names.
    fn from_str(name: &str) -> Result<Self, ProfileError> {
        let profile = match (name, name.split_once(':')) {
            ("diurnal", _) => Self::new(name, 20.0, Shape::Diurnal { lowest: 0.2, highest: 3.0 }),
            ("bursts", _) => Self::new(name, 20.0, Shape::Bursts { base: 0.5, height: 0.5, highest: 6.0 }),
            ("flash-crowd", _) => Self::new(name, 20.0, Shape::FlashCrowd { base: 0.5, peak: 4.0 }),
            ("syn-flood", _) => Self::new(name, 20.0, Shape::SynFlood { base: 0.5, flood: 5.0 }),
            (_, Some(("constant", load))) => {
                let load = load.parse().map_err(|_| ProfileError::Name(name.to_owned()))?;
                Self::new(name, 5.0, Shape::Constant { load })
            }
            _ => return Err(ProfileError::Name(name.to_owned())),
        };
        profile.checked()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn profiles_are_named_or_written() {
        for name in ["constant:0.2", "diurnal", "bursts", "flash-crowd", "syn-flood"] {
            let profile: Profile = name.parse().unwrap();
            assert_eq!(profile.name, name);
            let text = toml::to_string(&profile).unwrap();
            assert_eq!(Profile::from_toml(&text).unwrap(), profile, "{text}");
        }
        let text = "version = 1\nname = \"a\"\nseconds = 2.0\nshape = { kind = \"constant\", load = 1.0 }\n";
        assert_eq!(Profile::from_toml(text).unwrap().speed, 60.0);
        assert!(matches!("noon".parse::<Profile>(), Err(ProfileError::Name(_))));
        assert!(matches!("constant:x".parse::<Profile>(), Err(ProfileError::Name(_))));
    }

    #[test]
    fn all_mistakes_are_named() {
        let text = "version = 2\nname = \"a\"\nseconds = 0.0\nspeed = -1.0\nshape = { kind = \"diurnal\", lowest = -1.0, highest = nan }";
        let error = Profile::from_toml(text).unwrap_err().to_string();
        for part in ["version 2", "seconds is 0", "speed is -1", "lowest is -1", "highest is NaN"] {
            assert!(error.contains(part), "{error}");
        }
        assert!(matches!(Profile::from_toml("name = 1"), Err(ProfileError::Form(_))));
    }

    #[test]
    fn recordings_are_lines_of_seconds_and_loads() {
        let profile = Profile::recorded("a", "# of a link\n0, 0.5\n\n1.5,2\n").unwrap();
        assert_eq!((profile.seconds, profile.shape), (1.5, Shape::Recorded { points: vec![(0.0, 0.5), (1.5, 2.0)] }));
        assert!(matches!(Profile::recorded("a", "0,1\n1;2"), Err(ProfileError::Line { line: 2, .. })));
        assert!(Profile::recorded("a", "1,1\n0,2").unwrap_err().to_string().contains("ascend"));
    }
}
