//! Axes: from values to places on a plot, and where the ticks stand.

/// A range of values spread over a range of places.
#[derive(Clone, Debug)]
pub(super) struct Axis {
    scale: Scale,
    low: f64,
    high: f64,
    from: f64,
    to: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scale {
    Linear,
    Log,
}

impl Axis {
    /// An axis whose places grow with the logarithm of the value; `values` are positive, and where there are none the
    /// axis goes from 1 to 10.
    pub(super) fn log(values: impl Iterator<Item = f64>, from: f64, to: f64) -> Self {
        let (low, high) = extent(values.filter(|value| *value > 0.0)).unwrap_or((1.0, 10.0));
        let (low, high) = (low.log10(), high.log10());
        // A twentieth of air at both ends, and at least a third of a decade in all.
        let air = ((high - low) * 0.05).max((0.33 - (high - low)) / 2.0).max(0.02);
        Self { scale: Scale::Log, low: low - air, high: high + air, from, to }
    }

    /// An axis for shares from 0 to 1, narrowed to where the values are.
    pub(super) fn share(values: impl Iterator<Item = f64>, from: f64, to: f64) -> Self {
        let (low, high) = extent(values).unwrap_or((0.0, 1.0));
        let step = linear_step(high - low + 0.02);
        let low = ((low - 0.01) / step).floor() * step;
        let high = ((high + 0.01) / step).ceil() * step;
        Self { scale: Scale::Linear, low: low.clamp(0.0, 1.0 - step), high: high.clamp(step, 1.0), from, to }
    }

    /// Where `value` stands.
    pub(super) fn place(&self, value: f64) -> f64 {
        let value = if self.scale == Scale::Log { value.log10() } else { value };
        self.from + (value - self.low) / (self.high - self.low) * (self.to - self.from)
    }

    /// Where `value` stands, or the end of the axis beyond which it would; the lower end for what has no place.
    pub(super) fn place_inside(&self, value: f64) -> f64 {
        let place = self.place(value);
        let (low, high) = (self.from.min(self.to), self.from.max(self.to));
        if place.is_finite() {
            place.clamp(low, high)
        } else if place == f64::INFINITY && self.to > self.from || place == f64::NEG_INFINITY && self.to < self.from {
            self.to
        } else {
            self.from
        }
    }

    /// Values with a tick, ascending; between 2 and some 12.
    pub(super) fn ticks(&self) -> Vec<f64> {
        match self.scale {
            Scale::Linear => {
                let step = linear_step(self.high - self.low);
                let first = (self.low / step).round() as i64;
                let last = (self.high / step).round() as i64;
                (first..=last).map(|tick| tick as f64 * step).collect()
            }
            Scale::Log => {
                let decades = self.high - self.low;
                let steps: &[f64] = match decades {
                    narrow if narrow < 0.7 => &[1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0],
                    middle if middle < 3.0 => &[1.0, 2.0, 5.0],
                    _ => &[1.0],
                };
                (self.low.floor() as i32..=self.high.ceil() as i32)
                    .flat_map(|decade| steps.iter().map(move |step| step * 10f64.powi(decade)))
                    .filter(|tick| (self.low..=self.high).contains(&tick.log10()))
                    .collect()
            }
        }
    }
}

fn extent(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    values.filter(|value| value.is_finite()).fold(None, |extent, value| match extent {
        None => Some((value, value)),
        Some((low, high)) => Some((low.min(value), high.max(value))),
    })
}

/// A round step that divides `span`, at most 1, into some 4 to 10 parts.
fn linear_step(span: f64) -> f64 {
    [0.005, 0.01, 0.02, 0.05, 0.1].into_iter().find(|step| span / step <= 8.0).unwrap_or(0.2)
}

#[cfg(test)]
mod tests {
    use super::Axis;

    #[test]
    fn ticks_stand_inside_the_axis_and_values_between_its_ends() {
        for values in [vec![], vec![250.0], vec![90.0, 4_000.0], vec![3.0, 2e7], vec![100.0, 130.0]] {
            let axis = Axis::log(values.iter().copied(), 50.0, 750.0);
            let ticks = axis.ticks();
            assert!(ticks.len() >= 2 && ticks.len() <= 12, "{values:?}: {ticks:?}");
            for value in ticks.iter().chain(&values) {
                assert!((50.0..=750.0).contains(&axis.place(*value)), "{values:?}: {value}");
            }
        }
        for values in [vec![], vec![0.5], vec![0.0, 1.0], vec![0.981, 0.999], vec![1.0]] {
            let axis = Axis::share(values.iter().copied(), 400.0, 20.0);
            let ticks = axis.ticks();
            assert!(ticks.len() >= 2 && ticks.len() <= 12, "{values:?}: {ticks:?}");
            for value in ticks.iter().chain(&values) {
                assert!((20.0..=400.0).contains(&axis.place(*value)), "{values:?}: {value}");
            }
        }
    }

    #[test]
    fn what_is_beyond_an_axis_stands_at_its_end() {
        let upwards = Axis::log([10.0, 1_000.0].into_iter(), 400.0, 20.0);
        let ends = [-5.0, 0.0, 1e-3, f64::NAN, 1e9, f64::INFINITY].map(|value| upwards.place_inside(value));
        assert_eq!(ends, [400.0, 400.0, 400.0, 400.0, 20.0, 20.0]);
        assert_eq!(upwards.place_inside(100.0), upwards.place(100.0));
    }

    #[test]
    fn equal_factors_are_equal_distances_on_a_log_axis() {
        let axis = Axis::log([10.0, 1_000.0].into_iter(), 0.0, 100.0);
        let distance = |from: f64, to: f64| axis.place(to) - axis.place(from);
        assert!((distance(10.0, 100.0) - distance(100.0, 1_000.0)).abs() < 1e-9);
        assert!(distance(10.0, 100.0) > 0.0);
    }
}
