//! Multi-objective Bayesian optimisation with what the compiler knows: cato's own search.
//!
//! CATO's search sees two black boxes. This one sees into both. Cost is what is known of it beforehand, such as the
//! waiting in a latency, and a regression on the operations that the compiler counts in a candidate, quality a Gaussian process in which two feature sets are alike when their pipelines keep the
//! same of a flow, around a cheap estimate of quality where there is one. Both give normal distributions, so the expected
//! hypervolume improvement of every candidate is exact and needs no sampling (Emmerich et al., 2011). It is taken in turn
//! over the whole front and over its upper part, where the models that one would deploy are.

mod cost;
mod process;
mod proxy;
mod quality;
mod relation;
mod start;
mod surrogates;
#[cfg(test)]
mod tests;
mod view;
mod work;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use cato_codegen::spec::Depth;
use rand_chacha::ChaCha8Rng;

use super::algorithm::{Algorithm, generator, proposed};
use super::choice::{Choice, Forecast, Origin, Prediction};
use super::evaluation::{Evaluation, Objectives};
use super::front::pareto_front;
use super::improvement::Staircase;
use super::knowledge::Knowledge;
use super::pool::{WHOLE_SPACE, neighbours, pool};
use super::priors::Priors;
use super::space::{CandidateSpace, SpaceError};
use crate::candidate::Candidate;
use proxy::Readings;
use surrogates::{Care, Surrogates};
use view::{ProxyView, View, Viewer};
use work::Expectation;

/// Candidates of which all settings of the surrogates are asked; the others were ruled out by the likeliest setting.
const SHORT_LIST: usize = 300;

/// Candidates around which a large space is searched further.
const CLIMBERS: usize = 6;

/// Candidates of a large space for which the proxy is read, each time.
const READINGS: usize = 40;

/// Every other choice looks at quality above this share of the best seen.
const UPPER_PART: f64 = 0.8;

/// cato's search: see the module's documentation in `search/mobo.rs`.
#[derive(Debug)]
pub struct Mobo {
    priors: Priors,
    information: Vec<f64>,
    seed: u64,
    viewer: Viewer,
    expectations: Vec<Expectation>,
    readings: Readings,
    /// Views of a small space, made once.
    views: BTreeMap<Candidate, Rc<View>>,
}

/// A candidate with what is expected of it.
#[derive(Clone, Debug)]
struct Judged {
    view: Rc<View>,
    predicted: [Prediction; 2],
    gain: f64,
}

impl Mobo {
    /// The search over a space, with what is known beforehand. Features without mutual information are left out, unless
    /// none has any.
    ///
    /// # Errors
    /// Where there is nothing to search over.
    pub fn new(space: &CandidateSpace, knowledge: Knowledge, seed: u64) -> Result<Self, SpaceError> {
        let Knowledge { information, reach, waiting, proxy } = knowledge;
        let features = space.features().iter().copied().collect();
        let priors = Priors::new(features, &information, space.max_depth())
            .or_else(|_| Priors::new(features, &[1.0; u128::BITS as usize], space.max_depth()))?;
        Ok(Self {
            viewer: Viewer::new(priors.space().clone(), &information, reach, waiting),
            expectations: work::expectations(),
            readings: Readings::new(proxy),
            views: BTreeMap::new(),
            priors,
            information,
            seed,
        })
    }

    fn is_small(&self) -> bool {
        self.priors.space().size() <= WHOLE_SPACE
    }

    /// The view of a candidate; with what the proxy says of it where that is to be read, as it is in a small space.
    fn view(&mut self, candidate: Candidate, read: bool) -> Rc<View> {
        if let Some(view) = self.views.get(&candidate) {
            return Rc::clone(view);
        }
        let proxy = if read || self.is_small() { self.readings.view(&candidate) } else { ProxyView::default() };
        let view = Rc::new(self.viewer.view(candidate, proxy));
        if self.is_small() {
            self.views.insert(candidate, Rc::clone(&view));
        }
        view
    }

    /// The best candidate by what was learnt.
    fn choose(
        &mut self,
        index: usize,
        known: &[(Candidate, Objectives)],
        taken: &Taken,
        pending: &[Candidate],
        rng: &mut ChaCha8Rng,
    ) -> Option<(Candidate, Forecast)> {
        if self.is_small() {
            self.readings.read_all(self.priors.space());
        }
        let evaluated: Vec<_> = known.iter().map(|&(candidate, point)| (self.view(candidate, true), point)).collect();
        let pending: Vec<_> = pending.iter().map(|&candidate| self.view(candidate, true)).collect();
        let candidates = self.candidates(known, taken, rng);
        // The proxy of a large space is read where its candidates look good without it.
        let read_late = self.readings.any() && !self.is_small();
        let (judge, surrogates) = self.judge(index, &evaluated, &pending, self.readings.any() && self.is_small());
        let mut judged = self.rank(&judge, &surrogates, candidates);
        if !self.is_small() {
            judged = self.climb(&judge, &surrogates, judged, taken, rng);
        }
        let short = judged.into_iter().map(|judged| judged.view).filter(|view| taken.is_new(&view.candidate));
        let short: Vec<Rc<View>> = short.take(if read_late { READINGS } else { SHORT_LIST }).collect();
        if !read_late {
            return best(&judge, &self.viewer, &surrogates, short);
        }
        let read = short.into_iter().map(|view| self.view(view.candidate, true)).collect();
        let (judge, surrogates) = self.judge(index, &evaluated, &pending, true);
        best(&judge, &self.viewer, &surrogates, read)
    }

    /// What is learnt from evaluated candidates, and the front that a further one would have to enlarge.
    fn judge(
        &self,
        index: usize,
        evaluated: &[(Rc<View>, Objectives)],
        pending: &[Rc<View>],
        proxy: bool,
    ) -> (Judge, Surrogates) {
        let mut surrogates = Surrogates::fit(&self.viewer, evaluated, &self.expectations, proxy);
        let space = self.priors.space();
        let all = Candidate {
            features: space.features().iter().copied().collect(),
            depth: Depth::Packets(space.max_depth()),
        };
        let all = self.viewer.bare(all);
        let costliest = surrogates.predict(&self.viewer, &all, Care::Quick)[1].mean;
        let mut points: Vec<Objectives> = evaluated.iter().map(|(_, point)| *point).collect();
        points.extend(surrogates.believe(&self.viewer, pending));
        let best = points.iter().map(|point| point.quality).fold(0.0, f64::max);
        let worst_cost = points.iter().map(|point| point.cost).fold(costliest, f64::max);
        let least_quality = if index % 2 == 1 { UPPER_PART * best } else { 0.0 };
        let losses = points.iter().map(|point| [1.0 - point.quality, point.cost / worst_cost]).collect();
        (Judge { worst_cost, staircase: Staircase::new(losses, [1.0 - least_quality, 1.0]) }, surrogates)
    }

    /// The candidates to choose from: all of a small space, a pool of a large one.
    fn candidates(&self, known: &[(Candidate, Objectives)], taken: &Taken, rng: &mut ChaCha8Rng) -> Vec<Candidate> {
        let front = pareto_front(known.iter().enumerate().map(|(at, &(_, point))| (at, point)));
        let members: Vec<Candidate> = front.into_iter().map(|at| known[at].0).collect();
        pool(&self.priors, &members, &taken.candidates, rng)
    }

    /// Candidates by falling gain, as the likeliest setting of the surrogates has it.
    fn rank(&mut self, judge: &Judge, surrogates: &Surrogates, candidates: Vec<Candidate>) -> Vec<Judged> {
        let views: Vec<Rc<View>> = candidates.into_iter().map(|candidate| self.view(candidate, false)).collect();
        let judged =
            views.into_iter().map(|view| judge.judge(surrogates.predict(&self.viewer, &view, Care::Quick), view));
        let mut judged: Vec<Judged> = judged.collect();
        sort(&mut judged);
        judged
    }

    /// Looks around the best of a pool, and around what is better there.
    fn climb(
        &mut self,
        judge: &Judge,
        surrogates: &Surrogates,
        mut judged: Vec<Judged>,
        taken: &Taken,
        rng: &mut ChaCha8Rng,
    ) -> Vec<Judged> {
        let mut met: BTreeSet<Candidate> = judged.iter().map(|judged| judged.view.candidate).collect();
        judged.truncate(SHORT_LIST);
        for _ in 0..2 {
            let tops: Vec<Candidate> = judged.iter().take(CLIMBERS).map(|judged| judged.view.candidate).collect();
            let around = tops.iter().flat_map(|top| neighbours(self.priors.space(), top, rng));
            let around: Vec<Candidate> =
                around.filter(|candidate| !taken.candidates.contains(candidate) && met.insert(*candidate)).collect();
            judged.extend(self.rank(judge, surrogates, around));
            sort(&mut judged);
            judged.truncate(SHORT_LIST);
        }
        judged
    }
}

/// The front as it is, as the plane in which a candidate gains.
#[derive(Debug)]
struct Judge {
    worst_cost: f64,
    staircase: Staircase,
}

impl Judge {
    fn judge(&self, predicted: [Prediction; 2], view: Rc<View>) -> Judged {
        let [quality, cost] = predicted;
        let loss = Prediction { mean: 1.0 - quality.mean, ..quality };
        let cost = Prediction { mean: cost.mean / self.worst_cost, deviation: cost.deviation / self.worst_cost };
        Judged { view, predicted, gain: self.staircase.expected_improvement(loss, cost) }
    }
}

/// The candidate that gains most, all settings of the surrogates being asked.
fn best(
    judge: &Judge,
    viewer: &Viewer,
    surrogates: &Surrogates,
    views: Vec<Rc<View>>,
) -> Option<(Candidate, Forecast)> {
    let judged = views.into_iter().map(|view| judge.judge(surrogates.predict(viewer, &view, Care::Full), view));
    let mut judged: Vec<Judged> = judged.collect();
    sort(&mut judged);
    let Judged { view, predicted: [quality, cost], gain } = judged.into_iter().next()?;
    Some((view.candidate, Forecast { quality, cost, acquisition: gain }))
}

fn sort(judged: &mut [Judged]) {
    judged.sort_by(|a, b| b.gain.total_cmp(&a.gain).then(a.view.candidate.cmp(&b.view.candidate)));
}

/// Candidates that were proposed, and their code.
struct Taken {
    candidates: BTreeSet<Candidate>,
    codes: BTreeSet<view::Code>,
}

impl Taken {
    fn new(candidates: BTreeSet<Candidate>) -> Self {
        let codes = candidates.iter().map(view::code).collect();
        Self { candidates, codes }
    }

    /// Whether the code of a candidate was not proposed yet.
    fn is_new(&self, candidate: &Candidate) -> bool {
        !self.codes.contains(&view::code(candidate))
    }
}

impl Algorithm for Mobo {
    fn name(&self) -> &'static str {
        "mobo"
    }

    fn space(&self) -> &CandidateSpace {
        self.priors.space()
    }

    fn propose(
        &mut self,
        index: usize,
        evaluations: &[Evaluation],
        pending: &[Candidate],
    ) -> Option<(Candidate, Choice)> {
        let taken = Taken::new(proposed(evaluations, pending));
        if let Some(&candidate) = start::start(self.priors.space(), &self.information, self.seed).get(index)
            && taken.is_new(&candidate)
        {
            return Some((candidate, Choice::unforeseen(Origin::Start)));
        }
        let mut rng = generator(self.seed, index);
        let known: Vec<(Candidate, Objectives)> = evaluations
            .iter()
            .filter_map(|evaluation| Some((evaluation.candidate, evaluation.objectives()?)))
            .collect();
        if known.is_empty() {
            let drawn = self.candidates(&known, &taken, &mut rng).into_iter().find(|drawn| taken.is_new(drawn));
            return drawn.map(|candidate| (candidate, Choice::unforeseen(Origin::Start)));
        }
        let (candidate, forecast) = self.choose(index, &known, &taken, pending, &mut rng)?;
        Some((candidate, Choice { origin: Origin::Acquisition, forecast: Some(forecast) }))
    }
}
