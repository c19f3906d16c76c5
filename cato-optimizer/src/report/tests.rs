use super::{Evaluated, Member, Outcome, ReportInput, Spending, render};
use crate::cost::Cost;
use crate::quality::Quality;

fn member(id: &str, quality: &[u16], execution_time_ns: f64) -> Member {
    let labels = ["camera", "plug", "<b>tv</b>"].map(str::to_owned);
    let quality = Quality::of(&[0, 0, 1, 1, 2, 2], quality, &labels);
    Member {
        id: id.to_owned(),
        depth: "7".to_owned(),
        features: vec!["dur".to_owned(), "s_bytes_mean".to_owned()],
        model: "decision tree, depth 5".to_owned(),
        validation: quality.clone(),
        test: quality,
        cost: Cost {
            execution_time_ns,
            per_packet_ns: execution_time_ns / 20.0,
            p99_ns: execution_time_ns * 1.1,
            reference_ns: 900.0,
            state_bytes: 48,
            code_bytes: 5_120,
        },
    }
}

fn input() -> ReportInput {
    let measured = |macro_f1, execution_time_ns| Outcome::Measured { macro_f1, execution_time_ns };
    let outcomes = [
        measured(0.5, 210.0),
        Outcome::Failed { reason: "timed out after 20 s <script>alert(1)</script>".to_owned() },
        measured(0.9, 2_400.0),
        measured(f64::NAN, 100.0),
        measured(0.7, 0.0),
    ];
    ReportInput {
        title: "home & office".to_owned(),
        subject: "flows of the demo".to_owned(),
        settings: vec![("seed".to_owned(), "1".to_owned()), ("labels".to_owned(), "\"a\" <b>".to_owned())],
        evaluations: outcomes
            .into_iter()
            .enumerate()
            .map(|(index, outcome)| Evaluated { index, candidate: format!("{index} features at depth 3"), outcome })
            .collect(),
        members: vec![member("0", &[0, 0, 0, 0, 0, 0], 210.0), member("2", &[0, 0, 1, 1, 2, 1], 2_400.0)],
        spending: vec![Spending { work: "train".to_owned(), total_seconds: 12.0, median_seconds: 0.2 }],
        turnaround_seconds: Some(0.61),
    }
}

#[test]
fn foreign_text_is_escaped_everywhere() {
    let page = render(&input());
    for markup in ["<script", "<b>tv", "\"a\" <b>", "home & office"] {
        assert!(!page.contains(markup), "{markup}");
    }
    for text in ["&lt;script&gt;", "&lt;b&gt;tv", "&quot;a&quot; &lt;b&gt;", "home &amp; office"] {
        assert!(page.contains(text), "{text}");
    }
}

#[test]
fn nothing_is_loaded() {
    let page = render(&input());
    for reference in ["http:", "https:", "src=", "href=", "url(", "@import"] {
        assert!(!page.contains(reference), "{reference}");
    }
}

#[test]
fn the_plot_shows_what_was_measured_and_joins_the_front() {
    let page = render(&input());
    assert_eq!(page.matches("class=\"dot\"").count(), 2, "a cost of 0 and a quality that is no number have no place");
    assert_eq!(page.matches("class=\"member\"").count(), 2);
    let path = page.split("class=\"front\" d=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    assert_eq!((path.matches('H').count(), path.matches('V').count()), (1, 1), "{path}");
    assert!(!page.contains("NaN") && !page.contains("inf"));
}

#[test]
fn tags_are_balanced() {
    let page = render(&input());
    for tag in ["table", "thead", "tbody", "tr", "svg", "g", "div", "figure", "main", "ul", "p", "h2"] {
        let open = page.matches(&format!("<{tag}>")).count() + page.matches(&format!("<{tag} ")).count();
        assert_eq!(open, page.matches(&format!("</{tag}>")).count(), "{tag}");
    }
}

#[test]
fn a_study_without_results_has_a_report() {
    let page = render(&ReportInput::default());
    assert!(page.contains("No evaluation was measured."));
    assert!(!page.contains("<svg"));
    let failed = Evaluated { index: 0, candidate: String::new(), outcome: Outcome::Failed { reason: "no".to_owned() } };
    assert!(
        render(&ReportInput { evaluations: vec![failed], ..ReportInput::default() }).contains("Failed evaluations")
    );
}
