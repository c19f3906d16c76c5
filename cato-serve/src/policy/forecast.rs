//! What the next control interval will bring: level and trend of what the last ones brought, and a margin for its noise.

/// Weight of the newest interval in the level.
const LEVEL: f64 = 0.2;
/// Weight of the newest step in the trend.
const TREND: f64 = 0.05;
/// Mean absolute errors after which the past says nothing any more: it is forgotten.
const SURPRISE: f64 = 4.0;
/// Mean absolute errors above the expected value: about nine of ten intervals stay below where errors are normal.
const MARGIN: f64 = 1.6;

/// Double exponential smoothing of one figure.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Forecast {
    level: f64,
    trend: f64,
    error: f64,
    begun: bool,
}

impl Forecast {
    /// Takes in what an interval brought.
    pub(super) fn note(&mut self, value: f64) {
        if !self.begun {
            *self = Self { level: value, trend: 0.0, error: 0.0, begun: true };
            return;
        }
        let expected = self.level + self.trend;
        let error = (value - expected).abs();
        // Counts of what comes independently have errors of the root of their mean, at least.
        if error > SURPRISE * self.error.max(expected.max(value).max(0.0).sqrt()) {
            (self.level, self.trend) = (value, 0.0);
            return;
        }
        self.error += LEVEL * (error - self.error);
        let level = expected + LEVEL * (value - expected);
        self.trend += TREND * (level - self.level - self.trend);
        self.level = level;
    }

    /// What the next interval is expected to bring, at least 0.
    pub(super) fn mean(&self) -> f64 {
        (self.level + self.trend).max(0.0)
    }

    /// What the next interval will most likely stay below.
    pub(super) fn upper(&self) -> f64 {
        (self.level + self.trend + MARGIN * self.error).max(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Forecast;

    #[test]
    fn a_constant_is_forecast_as_it_is() {
        let mut forecast = Forecast::default();
        (0..10).for_each(|_| forecast.note(7.0));
        assert_eq!((forecast.mean(), forecast.upper()), (7.0, 7.0));
    }

    #[test]
    fn a_ramp_is_forecast_ahead_and_noise_has_a_margin() {
        let mut ramp = Forecast::default();
        (0..400).for_each(|step| ramp.note(f64::from(step)));
        assert!((ramp.mean() - 400.0).abs() < 0.5, "{}", ramp.mean());
        let mut noise = Forecast::default();
        (0..400).for_each(|step| noise.note(if step % 2 == 0 { 90.0 } else { 110.0 }));
        (0..3).for_each(|_| noise.note(1_000.0));
        assert!((noise.mean() - 1_000.0).abs() < 1.0, "a jump is followed at once: {}", noise.mean());
        (0..400).for_each(|step| noise.note(if step % 2 == 0 { 90.0 } else { 110.0 }));
        assert!((noise.mean() - 100.0).abs() < 5.0 && noise.upper() > noise.mean() + 8.0);
    }
}
