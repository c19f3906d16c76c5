//! Gaussian processes, averaged over their hyper-parameters.

use nalgebra::{Cholesky, DMatrix, DVector, Dyn};

use crate::search::choice::Prediction;

/// The most settings of hyper-parameters that are averaged over.
const MOST_MEMBERS: usize = 4;

/// Settings that are less likely than this share of all are left out.
const LEAST_WEIGHT: f64 = 0.05;

/// A setting of hyper-parameters.
pub(super) trait Kernel: Clone {
    /// What two points have to do with each other, whatever the setting.
    type Relation;

    /// The covariance of two points, as a multiple of the process's variance.
    fn covariance(&self, relation: &Self::Relation) -> f64;

    /// What is particular to each observation, as a multiple of the process's variance.
    fn noise(&self) -> f64;

    /// Natural logarithm of what is believed of the setting beforehand.
    fn log_prior(&self) -> f64 {
        0.0
    }
}

/// What is believed of a process's variance before anything is observed.
#[derive(Clone, Copy, Debug)]
pub(super) struct VariancePrior {
    pub(super) variance: f64,
    /// How many observations the belief is worth.
    pub(super) observations: f64,
}

/// A mixture of Gaussian processes around known means, each with its setting, weighted by how well that explains what
/// was observed.
#[derive(Debug)]
pub(super) struct Mixture<K> {
    members: Vec<Member<K>>,
}

#[derive(Debug)]
struct Member<K> {
    kernel: K,
    weight: f64,
    fit: Fit,
}

#[derive(Debug)]
struct Fit {
    variance: f64,
    factor: Cholesky<f64, Dyn>,
    /// Inverse covariance times what was observed.
    solved: DVector<f64>,
    log_evidence: f64,
}

impl<K: Kernel> Mixture<K> {
    /// Fits every setting to what was observed and keeps the likeliest.
    ///
    /// `relations` has a row for each observation, with its relation to every one up to itself; `observed` gives, for a
    /// setting, what each observation is above the setting's mean.
    pub(super) fn fit(
        settings: impl IntoIterator<Item = K>,
        relations: &[Vec<K::Relation>],
        observed: impl Fn(&K) -> Vec<f64>,
        prior: VariancePrior,
    ) -> Self {
        let mut fits: Vec<(K, Fit)> = settings
            .into_iter()
            .filter_map(|kernel| Fit::new(&kernel, relations, observed(&kernel), prior).map(|fit| (kernel, fit)))
            .collect();
        fits.sort_by(|(_, a), (_, b)| b.log_evidence.total_cmp(&a.log_evidence));
        fits.truncate(MOST_MEMBERS);
        let best = fits.first().map_or(0.0, |(_, fit)| fit.log_evidence);
        let odds = |fit: &Fit| libm::exp(fit.log_evidence - best);
        let sum: f64 = fits.iter().map(|(_, fit)| odds(fit)).sum();
        let members = fits.into_iter().map(|(kernel, fit)| Member { weight: odds(&fit) / sum, kernel, fit });
        Self { members: members.filter(|member| member.weight >= LEAST_WEIGHT).collect() }
    }

    /// The same settings in the same mixture, fitted to other observations.
    pub(super) fn refit(
        &self,
        relations: &[Vec<K::Relation>],
        observed: impl Fn(&K) -> Vec<f64>,
        prior: VariancePrior,
    ) -> Self {
        let members = self.members.iter().filter_map(|Member { kernel, weight, .. }| {
            let fit = Fit::new(kernel, relations, observed(kernel), prior)?;
            Some(Member { kernel: kernel.clone(), weight: *weight, fit })
        });
        Self { members: members.collect() }
    }

    /// What a point may come out as: by the likeliest `members` settings, `relations` being its relations to what was
    /// observed, `own` that to itself, and `mean` the mean that a setting has there.
    pub(super) fn predict(
        &self,
        relations: &[K::Relation],
        own: &K::Relation,
        mean: impl Fn(&K) -> f64,
        members: usize,
    ) -> Prediction {
        let (mut total, mut sum, mut squares) = (0.0, 0.0, 0.0);
        for Member { kernel, weight, fit } in self.members.iter().take(members.max(1)) {
            let mut column =
                DVector::from_iterator(relations.len(), relations.iter().map(|relation| kernel.covariance(relation)));
            let expected = mean(kernel) + column.dot(&fit.solved);
            fit.factor.l_dirty().solve_lower_triangular_mut(&mut column);
            let left = kernel.covariance(own) + kernel.noise() - column.norm_squared();
            total += weight;
            sum += weight * expected;
            squares += weight * (expected * expected + fit.variance * left.max(0.0));
        }
        let mean = sum / total;
        Prediction { mean, deviation: (squares / total - mean * mean).max(0.0).sqrt() }
    }
}

impl Fit {
    /// None where the covariances are no covariance matrix to the precision of the arithmetic.
    fn new<K: Kernel>(
        kernel: &K,
        relations: &[Vec<K::Relation>],
        observed: Vec<f64>,
        prior: VariancePrior,
    ) -> Option<Self> {
        let size = relations.len();
        let mut covariances = DMatrix::zeros(size, size);
        for (row, relations) in relations.iter().enumerate() {
            for (column, relation) in relations.iter().enumerate() {
                covariances[(row, column)] = kernel.covariance(relation);
            }
            covariances[(row, row)] += kernel.noise();
        }
        // Only the lower triangle is read.
        let factor = Cholesky::new(covariances)?;
        let observed = DVector::from_vec(observed);
        let solved = factor.solve(&observed);
        // The variance has an inverse-gamma prior, so it is integrated out: what is left is Student's t.
        let degrees = prior.observations + size as f64;
        let squares = prior.observations * prior.variance + observed.dot(&solved);
        let half_log_determinant: f64 = factor.l_dirty().diagonal().iter().map(|&entry| libm::log(entry)).sum();
        let log_evidence = kernel.log_prior() - half_log_determinant - 0.5 * degrees * libm::log(squares);
        Some(Self { variance: squares / degrees, factor, solved, log_evidence })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Points on a line; the covariance falls with their distance.
    #[derive(Clone, Debug)]
    struct Line {
        length: f64,
    }

    impl Kernel for Line {
        type Relation = f64;

        fn covariance(&self, distance: &f64) -> f64 {
            (-0.5 * (distance / self.length).powi(2)).exp()
        }

        fn noise(&self) -> f64 {
            1e-6
        }
    }

    const PRIOR: VariancePrior = VariancePrior { variance: 1.0, observations: 1.0 };

    fn relations(points: &[f64]) -> Vec<Vec<f64>> {
        (0..points.len()).map(|row| (0..=row).map(|column| (points[row] - points[column]).abs()).collect()).collect()
    }

    fn predict(mixture: &Mixture<Line>, points: &[f64], at: f64) -> Prediction {
        let relations: Vec<f64> = points.iter().map(|point| (point - at).abs()).collect();
        mixture.predict(&relations, &0.0, |_| 0.0, usize::MAX)
    }

    #[test]
    fn what_was_observed_is_predicted_and_doubt_grows_away_from_it() {
        let points = [0.0, 0.5, 1.0, 1.5, 2.0, 4.0];
        let observed = points.map(f64::sin);
        let settings = [0.1, 1.0].map(|length| Line { length });
        let mixture = Mixture::fit(settings, &relations(&points), |_| observed.to_vec(), PRIOR);
        for (point, value) in points.iter().zip(observed) {
            let prediction = predict(&mixture, &points, *point);
            assert!((prediction.mean - value).abs() < 1e-3 && prediction.deviation < 0.01, "{prediction:?}");
        }
        let between = predict(&mixture, &points, 1.25);
        assert!((between.mean - 1.25f64.sin()).abs() < 0.01, "{between:?}");
        assert!(predict(&mixture, &points, 3.0).deviation > 5.0 * between.deviation);
        let far = predict(&mixture, &points, 30.0);
        assert!(far.mean.abs() < 1e-6 && far.deviation > 0.3, "{far:?}");
    }

    #[test]
    fn a_smooth_line_makes_the_long_setting_likelier() {
        let points: Vec<f64> = (0..12).map(|at| f64::from(at) * 0.4).collect();
        let observed: Vec<f64> = points.iter().map(|point| point.sin()).collect();
        let settings = [0.05, 1.0].map(|length| Line { length });
        let mixture = Mixture::fit(settings, &relations(&points), |_| observed.clone(), PRIOR);
        assert_eq!(mixture.members.len(), 1);
        assert_eq!(mixture.members[0].kernel.length, 1.0);
    }

    #[test]
    fn a_refit_keeps_the_settings_and_learns_the_new_point() {
        let points = [0.0, 1.0, 2.0];
        let mixture = Mixture::fit([Line { length: 1.0 }], &relations(&points[..2]), |_| vec![0.0, 1.0], PRIOR);
        let before = predict(&mixture, &points[..2], 2.0);
        let again = mixture.refit(&relations(&points), |_| vec![0.0, 1.0, 3.0], PRIOR);
        let after = predict(&again, &points, 2.0);
        assert!((after.mean - 3.0).abs() < 1e-3 && after.deviation < before.deviation, "{before:?} {after:?}");
    }

    #[test]
    fn without_observations_the_prior_is_predicted() {
        let mixture = Mixture::fit([Line { length: 1.0 }], &[], |_| Vec::new(), PRIOR);
        let prediction = mixture.predict(&[], &0.0, |_| 0.25, 1);
        assert_eq!(prediction.mean, 0.25);
        assert!((prediction.deviation - 1.0).abs() < 1e-3);
    }
}
