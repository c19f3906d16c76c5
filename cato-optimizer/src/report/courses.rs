//! How policies did over time, as one page: load, member, loss and quality, a line for each policy.

use std::fmt::{self, Display, Formatter};

use super::text::Escaped;
use crate::simulate::Moment;

const STYLE: &str = include_str!("style.css");

const WIDTH: f64 = 900.0;
const HEIGHT: f64 = 130.0;
/// Room for the figures at the left.
const LEFT: f64 = 60.0;
/// Lines in this order; what comes behind begins again (Okabe and Ito's palette, which most eyes can tell apart).
const COLOURS: [&str; 7] = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7f7f7f"];

/// What one policy did.
#[derive(Clone, Copy, Debug)]
pub struct Course<'a> {
    /// Its name.
    pub policy: &'a str,
    /// Moments of the run.
    pub moments: &'a [Moment],
}

/// The runs of one profile.
#[derive(Clone, Debug)]
pub struct Courses<'a> {
    /// The profile's name.
    pub profile: &'a str,
    /// A course for each policy.
    pub courses: Vec<Course<'a>>,
}

/// A figure that is drawn: its name, and how it is read.
type Panel = (&'static str, fn(&Moment) -> Option<f64>);

const PANELS: [Panel; 5] = [
    ("load", |moment| Some(moment.load)),
    ("member, by number, in the mean", |moment| moment.member),
    ("packets lost", |moment| Some(moment.loss)),
    ("flows without an answer", |moment| Some(moment.unanswered)),
    ("macro-F1 of the flows that began", |moment| Some(moment.macro_f1)),
];

/// A page with the courses of all profiles.
#[must_use]
pub fn render_courses(title: &str, profiles: &[Courses<'_>]) -> String {
    Page { title, profiles }.to_string()
}

struct Page<'a> {
    title: &'a str,
    profiles: &'a [Courses<'a>],
}

impl Display for Page<'_> {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let title = Escaped(self.title);
        write!(
            out,
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
             <title>{title} - cato</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n"
        )?;
        for Courses { profile, courses } in self.profiles {
            writeln!(out, "<h2>{}</h2>\n<p>", Escaped(profile))?;
            for (course, colour) in courses.iter().zip(COLOURS.iter().cycle()) {
                let name = Escaped(course.policy);
                write!(
                    out,
                    "<svg width=\"24\" height=\"10\"><line x1=\"0\" y1=\"5\" x2=\"24\" y2=\"5\" stroke=\"{colour}\" stroke-width=\"3\"/></svg> {name} "
                )?;
            }
            out.write_str("</p>\n")?;
            for (name, figure) in PANELS {
                panel(out, name, figure, courses)?;
            }
        }
        out.write_str("</main>\n</body>\n</html>\n")
    }
}

fn panel(
    out: &mut Formatter<'_>,
    name: &str,
    figure: fn(&Moment) -> Option<f64>,
    courses: &[Course<'_>],
) -> fmt::Result {
    let all = || courses.iter().flat_map(|course| course.moments);
    let last = all().map(|moment| moment.second).fold(f64::MIN_POSITIVE, f64::max);
    let most = all().filter_map(figure).fold(f64::MIN_POSITIVE, f64::max);
    write!(
        out,
        "<figure><svg viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{name}\" fill=\"none\" stroke-width=\"1.5\">\
         <rect x=\"{LEFT}\" y=\"0\" width=\"{WIDTH}\" height=\"{HEIGHT}\" stroke=\"currentColor\" stroke-opacity=\"0.2\"/>",
        LEFT + WIDTH,
        HEIGHT + 20.0
    )?;
    for (value, at) in [(most, 12.0), (0.0, HEIGHT)] {
        write!(
            out,
            "<text x=\"{}\" y=\"{at}\" text-anchor=\"end\" fill=\"currentColor\" font-size=\"12\">{value:.3}</text>",
            LEFT - 6.0
        )?;
    }
    write!(
        out,
        "<text x=\"{}\" y=\"{}\" text-anchor=\"end\" fill=\"currentColor\" font-size=\"12\">{last:.1} s</text>",
        LEFT + WIDTH,
        HEIGHT + 15.0
    )?;
    for (course, colour) in courses.iter().zip(COLOURS.iter().cycle()) {
        // A line for each stretch without a gap.
        for stretch in course.moments.split(|moment| figure(moment).is_none()).filter(|stretch| !stretch.is_empty()) {
            write!(out, "<polyline stroke=\"{colour}\" points=\"")?;
            for moment in stretch {
                let value = figure(moment).unwrap_or(0.0);
                write!(out, "{:.1},{:.1} ", LEFT + WIDTH * moment.second / last, HEIGHT * (1.0 - value / most))?;
            }
            out.write_str("\"/>")?;
        }
    }
    writeln!(out, "</svg><figcaption>{name}</figcaption></figure>")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_policy_has_a_line_in_every_panel() {
        let moment = |second, member| Moment { second, load: 1.0, member, loss: 0.0, unanswered: 0.0, macro_f1: 0.5 };
        let moments = [moment(1.0, Some(1.0)), moment(2.0, None), moment(3.0, Some(2.0))];
        let courses = ["a<b", "c"].map(|policy| Course { policy, moments: &moments }).to_vec();
        let page = render_courses("t", &[Courses { profile: "day", courses }]);
        // The member has a gap, so two lines there.
        assert_eq!(page.matches("<polyline").count(), 2 * (PANELS.len() + 1));
        assert!(page.contains("a&lt;b") && !page.contains("a<b") && page.ends_with("</html>\n"));
        assert!(!page.contains("NaN"));
        assert!(render_courses("t", &[Courses { profile: "none", courses: Vec::new() }]).contains("none"));
    }
}
