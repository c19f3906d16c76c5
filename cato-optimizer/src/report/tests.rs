use cato_codegen::spec::Depth;

use super::{Member, ReportInput, render};
use crate::baseline::Method;
use crate::candidate::{Candidate, FeatureSet};
use crate::cost::{Cost, CostMetric, Latency, Spread, Throughput};
use crate::quality::{Metrics, Quality};
use crate::search::{Choice, Evaluation, Forecast, Measured, Origin, Outcome, Prediction, Seconds};
use crate::study::{Baseline, BaselineOutcome, Beside, Comparison, Figures, MemberFigures, Noise};

fn cost(execution_time_ns: f64) -> Cost {
    Cost {
        execution_time_ns,
        per_packet_ns: execution_time_ns / 20.0,
        p99_ns: execution_time_ns * 1.1,
        baseline_ns: 900.0,
        reference_ns: 900.0,
        state_bytes: 48,
        code_bytes: 5_120,
        metric: CostMetric::ExecutionTime,
        latency: None,
        throughput: None,
    }
}

fn member(id: &str, answers: &[u16], execution_time_ns: f64) -> Member {
    let labels = ["camera", "plug", "<b>tv</b>"].map(str::to_owned);
    let test = Quality::of(&[0, 0, 1, 1, 2, 2], answers, &labels);
    Member {
        id: id.to_owned(),
        depth: "7".to_owned(),
        features: vec!["dur".to_owned(), "s_bytes_mean".to_owned()],
        model: "decision tree, depth 5".to_owned(),
        validation: test.metrics(),
        test,
        cost: cost(execution_time_ns),
        noise: Noise { measurements: 4, cost_ns: 3.5, macro_f1: 0.0123 },
        within_noise_of: vec!["<e9>".to_owned()],
    }
}

fn evaluation(index: usize, outcome: Outcome) -> Evaluation {
    Evaluation {
        index,
        candidate: Candidate { features: FeatureSet::EMPTY.with(index), depth: Depth::Packets(3) },
        choice: Choice::unforeseen(Origin::Start),
        outcome,
        seconds: Seconds { choose: 0.01, train: 1.0, build: 0.2, measure: 0.4 },
    }
}

fn measured(macro_f1: f64, execution_time_ns: f64) -> Outcome {
    let validation = Metrics::from([("macro_f1".to_owned(), macro_f1)]);
    Outcome::Measured(Measured { validation, cost: cost(execution_time_ns), model_depth: 5 })
}

fn figures(macro_f1: f64, execution_time_ns: f64) -> Figures {
    let metrics = Metrics::from([("macro_f1".to_owned(), macro_f1)]);
    Figures { validation: metrics.clone(), test: metrics, cost: (&cost(execution_time_ns)).into(), noise_ns: 1.0 }
}

fn comparison() -> Comparison {
    let front = vec![MemberFigures { id: "e00".to_owned(), figures: figures(0.6, 300.0) }];
    let baseline =
        |method, outcome| Baseline { method, depth: Depth::Packets(10), features: vec!["dur".to_owned()], outcome };
    let measured = |figures: Figures| {
        let beside = Beside::of(&figures, &front).unwrap();
        BaselineOutcome::Measured { spec: "baselines/x/spec.toml".to_owned(), figures, beside }
    };
    let baselines = vec![
        baseline(Method::All, measured(figures(0.99, 5_000.0))),
        baseline(Method::PcPt, measured(figures(0.5, 600.0))),
        baseline(Method::Pc, BaselineOutcome::Failed { reason: "a <u>hang</u>".to_owned() }),
    ];
    Comparison::new(3, front, baselines)
}

fn page() -> String {
    let outcomes = [
        measured(0.5, 210.0),
        Outcome::Failed { reason: "timed out after 20 s <script>alert(1)</script>".to_owned() },
        measured(0.9, 2_400.0),
        measured(f64::NAN, 100.0),
        measured(0.7, 0.0),
    ];
    let mut evaluations: Vec<_> =
        outcomes.into_iter().enumerate().map(|(index, outcome)| evaluation(index, outcome)).collect();
    let predicted = |mean, deviation| Prediction { mean, deviation };
    for (at, quality, cost) in
        [(0, predicted(0.4, 0.04), predicted(231.0, 300.0)), (2, predicted(1.02, 0.1), predicted(2_400.0, 1.0))]
    {
        let forecast = Forecast { quality, cost, acquisition: 0.0123 };
        evaluations[at].choice = Choice { origin: Origin::Acquisition, forecast: Some(forecast) };
    }
    render(&ReportInput {
        metric: CostMetric::ExecutionTime,
        title: "home & office",
        subject: "flows of the demo",
        settings: &[("seed".to_owned(), "1".to_owned()), ("labels".to_owned(), "\"a\" <b>".to_owned())],
        evaluations: &evaluations,
        members: &[member("e00", &[0, 0, 0, 0, 0, 0], 210.0), member("e02", &[0, 0, 1, 1, 2, 1], 2_400.0)],
        counted: false,
        comparison: Some(&comparison()),
    })
}

#[test]
fn foreign_text_is_escaped_everywhere() {
    let page = page();
    for markup in ["<script", "<b>tv", "\"a\" <b>", "home & office"] {
        assert!(!page.contains(markup), "{markup}");
    }
    for text in ["&lt;script&gt;", "&lt;b&gt;tv", "&quot;a&quot; &lt;b&gt;", "home &amp; office"] {
        assert!(page.contains(text), "{text}");
    }
}

#[test]
fn nothing_is_loaded() {
    let page = page();
    for reference in ["http:", "https:", "src=", "href=", "url(", "@import"] {
        assert!(!page.contains(reference), "{reference}");
    }
}

#[test]
fn the_plot_shows_what_was_measured_and_joins_the_front() {
    let page = page();
    assert_eq!(page.matches("class=\"dot\"").count(), 2, "a cost of 0 and a quality that is no number have no place");
    assert_eq!(page.matches("class=\"member\"").count(), 2);
    let path = page.split("class=\"front\" d=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    assert_eq!((path.matches('H').count(), path.matches('V').count()), (1, 1), "{path}");
    assert!(!page.contains("NaN") && !page.contains("inf"));
}

#[test]
fn members_say_how_well_they_are_known() {
    let page = page();
    assert!(page.contains("± 0.012</td>") && page.contains("± 3.50 ns</td>"));
    assert!(page.contains("<td>&lt;e9&gt;</td>"));
}

#[test]
fn predictions_stand_beside_what_was_measured() {
    let page = page();
    assert_eq!(page.matches("class=\"foreseen\"").count(), 4, "two figures of two candidates");
    assert_eq!(page.matches("class=\"spread\"").count(), 4);
    // F1 0.4 for 0.5 and 1.02 for 0.9; 231 for 210 ns and 2,400 ns to the point.
    assert!(page.contains("F1: median relative error 16.7 %, 1 of 2 within two standard deviations."), "{page}");
    assert!(page.contains("Cost: median relative error 5.0 %, 2 of 2 within two standard deviations."));
    assert!(page.contains("<td>acquisition</td>") && page.contains("1.020 ± 0.100") && page.contains("1.23e-2"));
    assert!(page.contains("<td>start</td>") && page.contains("<td class=\"n\">failed</td>"));
    for place in page.split("cy=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!((0.0..=460.0).contains(&place.parse::<f64>().unwrap()), "{place}");
    }
    let unforeseen = [evaluation(0, measured(0.5, 100.0))];
    let page = render(&ReportInput { evaluations: &unforeseen, ..ReportInput::default() });
    assert!(!page.contains("Predicted and measured") && page.contains("All 1 in their order"));
}

#[test]
fn baselines_are_in_the_plot_and_in_a_table() {
    let page = page();
    let plot = page.split("<svg class=\"scatter\"").nth(1).and_then(|rest| rest.split("</svg>").next()).unwrap();
    assert_eq!(plot.matches("at depth 10: 1 features").count(), 2, "the failed one has no place");
    assert_eq!(plot.matches("class=\"baseline ").count(), 2 + Method::EVERY.len(), "and a legend for every method");
    assert!(page.contains("No member has F1 no lower and cost no higher for: ALL at depth 10."));
    assert!(page.contains("<td>e00</td><td class=\"n\">2.00</td><td class=\"n\">+0.100</td>"));
    assert!(page.contains("failed: a &lt;u&gt;hang&lt;/u&gt;"));
    assert!(page.contains("compare again"), "e02 was not on the front when they were measured");
    assert!(!render(&ReportInput::default()).contains("Baselines"));
}

#[test]
fn counted_costs_are_called_so() {
    let comparison = comparison();
    let members = [member("e00", &[0; 6], 210.0)];
    let evaluations = [evaluation(0, measured(0.5, 210.0))];
    let input = |counted| ReportInput {
        counted,
        comparison: Some(&comparison),
        members: &members,
        evaluations: &evaluations,
        ..ReportInput::default()
    };
    let page = render(&input(true));
    assert!(page.contains("not measured but counted") && page.contains("costs counted as the front's"));
    let page = render(&input(false));
    assert!(!page.contains("counted") && page.contains("measured in turn with the front, 3 times each"));
}

fn spread(mean_ns: f64) -> Spread {
    Spread { mean_ns, median_ns: mean_ns / 2.0, p99_ns: mean_ns * 10.0 }
}

/// A page of two members, of which the first is the better one by the metric.
fn page_by(metric: CostMetric, factors: [f64; 2]) -> String {
    let by = |factor: f64| Cost {
        metric,
        latency: Some(Latency {
            waiting: spread(4e6 * factor),
            extraction: spread(900.0),
            prediction_ns: 45.0,
            total: spread(4e6 * factor + 945.0),
        }),
        throughput: Some(Throughput {
            packets_per_s: 5e6 / factor,
            bits_per_s: 2e10 / factor,
            classifications_per_s: 80_000.0 / factor,
            spread_packets_per_s: [4.9e6 / factor, 5.2e6 / factor],
            searches: 3,
            trials: 60,
            disturbed: 1,
            generator_bound: factor == 1.0,
        }),
        ..cost(300.0)
    };
    let measured = |factor: f64| {
        let validation = Metrics::from([("macro_f1".to_owned(), 0.3 + factor / 10.0)]);
        Outcome::Measured(Measured { validation, cost: by(factor), model_depth: 5 })
    };
    let evaluations: Vec<_> = (0..).zip(factors).map(|(index, factor)| evaluation(index, measured(factor))).collect();
    let members = factors.map(|factor| Member { cost: by(factor), ..member(&format!("e0{factor}"), &[0; 6], 1.0) });
    render(&ReportInput { metric, evaluations: &evaluations, members: &members, ..ReportInput::default() })
}

#[test]
fn latency_has_its_axis_and_its_parts() {
    let page = page_by(CostMetric::Latency, [1.0, 3.0]);
    assert!(page.contains("latency per flow, mean (log scale)") && page.contains("least latency"));
    for text in ["<td class=\"n\">4.00 ms ± 3.50 ns</td>", "<td class=\"n\">2.00 ms</td>", ">waiting<", ">45.0 ns<"] {
        assert!(page.contains(text), "{text}");
    }
    assert!(!page.contains("execution time per flow") && page.contains("Latency, from the first packet of a flow"));
}

#[test]
fn throughput_has_its_axis_and_the_higher_rate_stands_to_the_left() {
    let page = page_by(CostMetric::Throughput, [1.0, 3.0]);
    assert!(page.contains("packets per second without loss, one core (log scale)"));
    for text in [
        "at least 5.00 M/s ± ",
        "<td class=\"n\">1.67 M/s ± ",
        "<td class=\"n\">4.90 M/s to 5.20 M/s</td>",
        ">20.0 G/s<",
        ">80.0 k/s<",
        ">2 M/s</text>",
    ] {
        assert!(page.contains(text), "{text}");
    }
    let places: Vec<f64> =
        page.split("class=\"dot\" cx=\"").skip(1).filter_map(|rest| rest.split('"').next()?.parse().ok()).collect();
    assert!(places.len() == 2 && places[0] < places[1], "{places:?}");
    assert!(!page.contains("NaN") && !page.contains("inf"));
}

#[test]
fn tags_are_balanced() {
    let page = page();
    for tag in ["table", "thead", "tbody", "tr", "svg", "g", "div", "figure", "details", "main", "ul", "p", "h2"] {
        let open = page.matches(&format!("<{tag}>")).count() + page.matches(&format!("<{tag} ")).count();
        assert_eq!(open, page.matches(&format!("</{tag}>")).count(), "{tag}");
    }
}

#[test]
fn a_study_without_results_has_a_report() {
    let page = render(&ReportInput::default());
    assert!(page.contains("No evaluation was measured."));
    assert!(!page.contains("<svg"));
    let failed = [evaluation(0, Outcome::Failed { reason: "no".to_owned() })];
    assert!(render(&ReportInput { evaluations: &failed, ..ReportInput::default() }).contains("Failed evaluations"));
}
