//! Counts as metrics, in the text format of Prometheus.

use std::time::Duration;

use cato_runtime::Eviction;
use prometheus::TextEncoder;
use prometheus::proto::{Bucket, Counter, Gauge, Histogram as Buckets, LabelPair, Metric, MetricFamily, MetricType};

use super::report::{dropped_packets, dropped_verdicts};
use super::{Histogram, MemberCounts, Snapshot, WorkerCounts};

/// What the page is, as HTTP says it.
pub(crate) const CONTENT_TYPE: &str = prometheus::TEXT_FORMAT;

/// The page of metrics.
pub(crate) fn page(snapshot: &Snapshot) -> String {
    let Snapshot { workers, sink, classes, members, buckets } = snapshot;
    let total = snapshot.total();
    let of_workers = |number: fn(&WorkerCounts) -> u64| {
        let numbered = workers.iter().enumerate();
        numbered.map(|(worker, counts)| (vec![("worker", worker.to_string())], number(counts))).collect::<Vec<_>>()
    };
    let packets = dropped_packets(&total).map(|dropped| {
        (vec![("stage", dropped.stage.to_owned()), ("reason", dropped.reason.to_owned())], dropped.packets)
    });
    let verdicts = dropped_verdicts(total.refused, sink)
        .map(|(reason, count)| (vec![("stage", "sink".to_owned()), ("reason", reason.name().to_owned())], count));
    let by_class = classes.iter().map(String::as_str).chain([""]).zip(&total.verdicts);
    let by_class = by_class.map(|(class, count)| (vec![("class", class.to_owned())], *count));
    let evicted = |counts: [u64; Eviction::ALL.len()]| {
        let reasons = Eviction::ALL.into_iter().zip(counts);
        reasons.map(|(reason, count)| (vec![("reason", reason.name().to_owned())], count)).collect::<Vec<_>>()
    };
    let of_members = |number: fn(&MemberCounts) -> u64| {
        let named = members.iter().zip(&total.members);
        named.map(|(member, counts)| (vec![("member", member.clone())], number(counts))).collect::<Vec<_>>()
    };
    let of_buckets = |place: usize| {
        let offered = buckets.iter().flat_map(|buckets| {
            let seen = total.offered.iter().enumerate().filter(|(_, [offered, _])| *offered > 0);
            seen.map(|(bucket, counts)| (vec![("bucket", buckets.name(bucket))], counts[place & 1]))
        });
        offered.collect::<Vec<_>>()
    };
    let represented = classes.iter().map(String::as_str).chain([""]).zip(&total.represented);
    let represented = represented.map(|(class, count)| (vec![("class", class.to_owned())], *count / 1_000));
    let mut families = vec![
        counter("cato_packets_total", "Packets given to a worker.", of_workers(|counts| counts.packets)),
        counter("cato_bytes_total", "Bytes on the wire of these packets.", of_workers(|counts| counts.bytes)),
        counter(
            "cato_classified_packets_total",
            "Packets on which verdicts rest.",
            of_workers(|counts| counts.classified),
        ),
        counter(
            "cato_absorbed_packets_total",
            "Packets after their flow's inference point or end.",
            of_workers(|counts| counts.absorbed),
        ),
        counter("cato_dropped_packets_total", "Packets lost or passed over.", packets.collect()),
        counter("cato_flows_total", "Flows begun.", of_workers(|counts| counts.flows)),
        counter(
            "cato_not_admitted_flows_total",
            "Flows that were not admitted.",
            of_workers(|counts| counts.declined_flows),
        ),
        counter("cato_member_flows_total", "Flows bound to a pipeline.", of_members(|counts| counts.flows)),
        counter("cato_member_packets_total", "Packets that a pipeline saw.", of_members(|counts| counts.packets)),
        counter("cato_member_verdicts_total", "Verdicts of a pipeline.", of_members(|counts| counts.verdicts)),
        counter(
            "cato_worker_busy_nanoseconds_total",
            "Time that the thread of a worker has run.",
            of_workers(|counts| counts.busy_ns),
        ),
        gauge(
            "cato_ring_occupancy_ppm",
            "How full the way to a worker is, in millionths.",
            of_workers(|counts| counts.occupancy_ppm),
        ),
        counter(
            "cato_evicted_flows_total",
            "Flows that left a full table without a verdict.",
            evicted(total.evicted_flows),
        ),
        counter(
            "cato_evicted_keys_total",
            "Keys that left a full table before their time.",
            evicted(total.evicted_keys),
        ),
        counter(
            "cato_verdicts_total",
            "Verdicts given; those of no class where there is no model.",
            by_class.collect(),
        ),
        counter("cato_written_verdicts_total", "Verdicts written.", vec![(vec![], sink.written)]),
        counter("cato_dropped_verdicts_total", "Verdicts that were not written.", verdicts.collect()),
        counter("cato_sink_reopened_total", "How often the sink was opened again.", vec![(vec![], sink.reopened)]),
        gauge("cato_table_keys", "Keys in the flow table.", of_workers(|counts| counts.held)),
        gauge("cato_table_open_flows", "Flows before their inference point.", of_workers(|counts| counts.open)),
        gauge("cato_table_capacity", "The most keys that the flow table holds.", of_workers(|counts| counts.capacity)),
        histogram(
            "cato_verdict_latency_seconds",
            "Time from the inference point until the verdict was written.",
            &sink.latency,
        ),
    ];
    // The encoder takes no family without numbers.
    if buckets.is_some() && total.flows > 0 {
        families.push(counter("cato_admission_offered_flows_total", "Flows begun, by kind.", of_buckets(0)));
        families.push(counter(
            "cato_admission_admitted_flows_total",
            "Those of them that were admitted.",
            of_buckets(1),
        ));
        families.push(counter(
            "cato_represented_flows_total",
            "Flows that the verdicts of a class stand for, with those alike that were not admitted.",
            represented.collect(),
        ));
    }
    // Fails for names that are none and for families without metrics, and these are all there.
    TextEncoder::new().encode_to_string(&families).unwrap_or_default()
}

type Numbers = Vec<(Vec<(&'static str, String)>, u64)>;

fn counter(name: &str, help: &str, numbers: Numbers) -> MetricFamily {
    family(name, help, MetricType::COUNTER, numbers, |metric, number| {
        let mut counter = Counter::default();
        counter.set_value(number as f64);
        metric.set_counter(counter);
    })
}

fn gauge(name: &str, help: &str, numbers: Numbers) -> MetricFamily {
    family(name, help, MetricType::GAUGE, numbers, |metric, number| {
        let mut gauge = Gauge::default();
        gauge.set_value(number as f64);
        metric.set_gauge(gauge);
    })
}

fn histogram(name: &str, help: &str, times: &Histogram) -> MetricFamily {
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

fn family(name: &str, help: &str, kind: MetricType, numbers: Numbers, set: impl Fn(&mut Metric, u64)) -> MetricFamily {
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
