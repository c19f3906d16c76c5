//! How values are written for people, and how foreign text is made safe for HTML.

use std::fmt::{self, Display, Formatter, Write as _};

/// Text of unknown content, escaped for HTML content and for quoted attributes.
pub(super) struct Escaped<'a>(pub &'a str);

impl Display for Escaped<'_> {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        for character in self.0.chars() {
            match character {
                '&' => out.write_str("&amp;")?,
                '<' => out.write_str("&lt;")?,
                '>' => out.write_str("&gt;")?,
                '"' => out.write_str("&quot;")?,
                '\'' => out.write_str("&#39;")?,
                // Control characters are not allowed in HTML, and would be invisible.
                other if other.is_control() && other != '\n' && other != '\t' => out.write_char('\u{fffd}')?,
                other => out.write_char(other)?,
            }
        }
        Ok(())
    }
}

/// A duration given in nanoseconds, with three significant digits: "431 ns", "4.31 µs".
#[must_use]
pub fn nanoseconds(value: f64) -> String {
    with_unit(value, &[(1.0, "ns"), (1e3, "µs"), (1e6, "ms"), (1e9, "s")])
}

/// A duration given in seconds, with three significant digits: "12.0 ms", "1.50 s".
#[must_use]
pub fn seconds(value: f64) -> String {
    nanoseconds(value * 1e9)
}

/// A size in bytes, with three significant digits from a thousand on: "312 B", "4.10 kB".
#[must_use]
pub fn bytes(value: u64) -> String {
    if value < 1000 { format!("{value} B") } else { with_unit(value as f64, &[(1e3, "kB"), (1e6, "MB"), (1e9, "GB")]) }
}

/// `value` in the largest unit in which it is 1 or more, else in the first.
pub(super) fn with_unit(value: f64, units: &[(f64, &str)]) -> String {
    if !value.is_finite() {
        return "unknown".to_owned();
    }
    // What would be written as 1000 of a unit is written as 1 of the next.
    let fits = |size: f64| value.abs() / size >= 0.9995;
    let (size, unit) = units.iter().rev().find(|(size, _)| fits(*size)).or(units.first()).copied().unwrap_or((1.0, ""));
    format!("{} {unit}", three_digits(value / size))
}

fn three_digits(value: f64) -> String {
    let decimals = match value.abs() {
        magnitude if magnitude >= 99.95 => 0,
        magnitude if magnitude >= 9.995 => 1,
        _ => 2,
    };
    format!("{value:.decimals$}")
}

#[cfg(test)]
mod tests {
    use super::{Escaped, bytes, nanoseconds, seconds};

    #[test]
    fn values_have_three_digits_and_a_unit() {
        assert_eq!(nanoseconds(431.4), "431 ns");
        assert_eq!(nanoseconds(99.96), "100 ns");
        assert_eq!(nanoseconds(999.6), "1.00 µs");
        assert_eq!(nanoseconds(43_140.0), "43.1 µs");
        assert_eq!(nanoseconds(0.0), "0.00 ns");
        assert_eq!(nanoseconds(f64::NAN), "unknown");
        assert_eq!(seconds(0.012), "12.0 ms");
        assert_eq!(bytes(999), "999 B");
        assert_eq!(bytes(4_104), "4.10 kB");
    }

    #[test]
    fn markup_does_not_survive() {
        let hostile = "<b a=\"1\" b='2'>&\u{1b}";
        assert_eq!(Escaped(hostile).to_string(), "&lt;b a=&quot;1&quot; b=&#39;2&#39;&gt;&amp;\u{fffd}");
    }
}
