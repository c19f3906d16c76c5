//! Both surrogates over what was evaluated.

use std::rc::Rc;

use super::cost::{CostModel, Regression, Shares, overlap};
use super::quality::QualityModel;
use super::relation::Relation;
use super::view::{ProxyView, View, Viewer};
use super::work::{Expectation, Term};
use crate::search::choice::Prediction;
use crate::search::evaluation::Objectives;

/// How many settings of its hyper-parameters a prediction is averaged over.
#[derive(Clone, Copy, Debug)]
pub(super) enum Care {
    /// The likeliest alone, to choose among thousands.
    Quick,
    /// All that are likely.
    Full,
}

/// A candidate that was evaluated, or that is taken to come out as expected.
#[derive(Clone, Debug)]
struct Observed {
    view: Rc<View>,
    shares: Shares,
    /// Cost, without what is known of it, as a multiple of what the regression says.
    multiple: f64,
    quality: f64,
}

/// What was learnt of quality and cost.
#[derive(Debug)]
pub(super) struct Surrogates {
    regression: Regression,
    observed: Vec<Observed>,
    quality: QualityModel,
    cost: CostModel,
    /// Mean of the proxy over what was evaluated.
    centre: f64,
}

impl Surrogates {
    /// Learns from evaluated candidates, of which there is at least one; `proxy` says whether their views have any.
    pub(super) fn fit(
        viewer: &Viewer,
        evaluated: &[(Rc<View>, Objectives)],
        expectations: &[Expectation],
        proxy: bool,
    ) -> Self {
        let terms: Vec<&[Term]> = evaluated.iter().map(|(view, _)| view.terms.as_slice()).collect();
        let costs: Vec<f64> = evaluated.iter().map(|(view, objectives)| unknown(view, objectives.cost)).collect();
        let regression = Regression::fit(&terms, &costs, expectations);
        let observed: Vec<Observed> =
            evaluated.iter().map(|(view, objectives)| observe(&regression, view, *objectives)).collect();
        let centre = observed.iter().map(|one| one.view.proxy.smooth).sum::<f64>() / observed.len().max(1) as f64;
        let relations = relations(viewer, &observed, centre);
        let (qualities, proxies, multiples) = columns(&observed);
        let quality = QualityModel::fit(&relations, &qualities, &proxies, centre, proxy);
        let cost = CostModel::fit(&relations, &multiples);
        Self { regression, observed, quality, cost, centre }
    }

    /// Takes candidates to have come out as expected, so that they are not chosen again nor their likes: the kriging
    /// believer of Ginsbourger et al. (2010). Gives what is expected of them.
    pub(super) fn believe(&mut self, viewer: &Viewer, pending: &[Rc<View>]) -> Vec<Objectives> {
        let expected: Vec<Objectives> = pending
            .iter()
            .map(|view| {
                let [quality, cost] = self.predict(viewer, view, Care::Full);
                Objectives { quality: quality.mean, cost: cost.mean }
            })
            .collect();
        if expected.is_empty() {
            return expected;
        }
        let believed =
            pending.iter().zip(&expected).map(|(view, &objectives)| observe(&self.regression, view, objectives));
        self.observed.extend(believed);
        let relations = relations(viewer, &self.observed, self.centre);
        let (qualities, proxies, multiples) = columns(&self.observed);
        self.quality = self.quality.refit(&relations, &qualities, &proxies);
        self.cost = self.cost.refit(&relations, &multiples);
        expected
    }

    /// Quality (macro-F1) and cost (nanoseconds) that are expected of a candidate.
    pub(super) fn predict(&self, viewer: &Viewer, view: &View, care: Care) -> [Prediction; 2] {
        let shares = self.regression.shares(&view.terms);
        let relation = |other: &Observed| {
            let distance = viewer.distance(view, &other.view);
            Relation::new(view, &other.view, distance, overlap(&shares, &other.shares), self.centre)
        };
        let relations: Vec<Relation> = self.observed.iter().map(relation).collect();
        let own = Relation::new(view, view, 0.0, overlap(&shares, &shares), self.centre);
        let members = match care {
            Care::Quick => 1,
            Care::Full => usize::MAX,
        };
        let cost = self.cost.predict(&relations, &own, self.regression.cost(&view.terms), members);
        [
            self.quality.predict(&relations, &own, view.proxy, members),
            Prediction { mean: view.known + cost.mean, ..cost },
        ]
    }
}

fn observe(regression: &Regression, view: &Rc<View>, objectives: Objectives) -> Observed {
    Observed {
        shares: regression.shares(&view.terms),
        multiple: unknown(view, objectives.cost) / regression.cost(&view.terms),
        quality: objectives.quality,
        view: Rc::clone(view),
    }
}

/// How much of a cost was not known beforehand; positive.
fn unknown(view: &View, cost: f64) -> f64 {
    (cost - view.known).max(1e-9 * cost)
}

/// The relation of each with all up to itself.
fn relations(viewer: &Viewer, observed: &[Observed], centre: f64) -> Vec<Vec<Relation>> {
    let relation = |a: &Observed, b: &Observed| {
        Relation::new(&a.view, &b.view, viewer.distance(&a.view, &b.view), overlap(&a.shares, &b.shares), centre)
    };
    (0..observed.len()).map(|a| (0..=a).map(|b| relation(&observed[a], &observed[b])).collect()).collect()
}

fn columns(observed: &[Observed]) -> (Vec<f64>, Vec<ProxyView>, Vec<f64>) {
    let qualities = observed.iter().map(|one| one.quality).collect();
    let proxies = observed.iter().map(|one| one.view.proxy).collect();
    (qualities, proxies, observed.iter().map(|one| one.multiple).collect())
}
