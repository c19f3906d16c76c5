//! Families of metrics, out of numbers with labels.

use std::time::Duration;

use prometheus::proto::{Bucket, Counter, Gauge, Histogram as Buckets, LabelPair, Metric, MetricFamily, MetricType};

use super::Histogram;

/// The numbers of a family.
pub(crate) type Numbers<N = u64> = Vec<(Labels, N)>;

/// Names of labels with their values.
pub(crate) type Labels = Vec<(&'static str, String)>;

pub(crate) fn counter(name: &str, help: &str, numbers: Numbers) -> MetricFamily {
    family(name, help, MetricType::COUNTER, numbers, |metric, number| {
        let mut counter = Counter::default();
        counter.set_value(number as f64);
        metric.set_counter(counter);
    })
}

pub(crate) fn gauge(name: &str, help: &str, numbers: Numbers) -> MetricFamily {
    family(name, help, MetricType::GAUGE, numbers, |metric, number| {
        let mut gauge = Gauge::default();
        gauge.set_value(number as f64);
        metric.set_gauge(gauge);
    })
}

/// Numbers that may be broken ones.
pub(crate) fn shares(name: &str, help: &str, numbers: Numbers<f64>) -> MetricFamily {
    family(name, help, MetricType::GAUGE, numbers, |metric, number| {
        let mut gauge = Gauge::default();
        gauge.set_value(number);
        metric.set_gauge(gauge);
    })
}

pub(crate) fn histogram(name: &str, help: &str, times: &Histogram) -> MetricFamily {
    family(name, help, MetricType::HISTOGRAM, vec![(vec![], times.count())], |metric, count| {
        let mut whole = Buckets::default();
        whole.set_sample_count(count);
        whole.set_sample_sum(times.sum().as_secs_f64());
        // The encoder adds the one without a bound.
        whole.set_bucket(times.cumulative().filter_map(|(bound, count)| Some(bucket(bound?, count))).collect());
        metric.set_histogram(whole);
    })
}

fn bucket(bound: Duration, count: u64) -> Bucket {
    let mut bucket = Bucket::default();
    bucket.set_upper_bound(bound.as_secs_f64());
    bucket.set_cumulative_count(count);
    bucket
}

fn family<N>(
    name: &str,
    help: &str,
    kind: MetricType,
    numbers: Numbers<N>,
    set: impl Fn(&mut Metric, N),
) -> MetricFamily {
    let metrics = numbers.into_iter().map(|(labels, number)| {
        let mut metric = Metric::default();
        metric.set_label(labels.into_iter().map(|(name, value)| label(name, value)).collect());
        set(&mut metric, number);
        metric
    });
    let mut family = MetricFamily::default();
    family.set_name(name.to_owned());
    family.set_help(help.to_owned());
    family.set_field_type(kind);
    family.set_metric(metrics.collect());
    family
}

fn label(name: &str, value: String) -> LabelPair {
    let mut label = LabelPair::default();
    label.set_name(name.to_owned());
    label.set_value(value);
    label
}
