//! Counts as metrics, in the text format of Prometheus.

use cato_runtime::Eviction;
use prometheus::TextEncoder;
use prometheus::proto::MetricFamily;

use super::families::{Numbers, counter, gauge, histogram, shares};
use super::policy::Mix;
use super::report::{dropped_packets, dropped_verdicts};
use super::{MemberCounts, PolicyState, Snapshot, WorkerCounts};

/// What the page is, as HTTP says it.
pub(crate) const CONTENT_TYPE: &str = prometheus::TEXT_FORMAT;

/// The page of metrics.
pub(crate) fn page(snapshot: &Snapshot) -> String {
    let Snapshot { workers, sink, classes, members, .. } = snapshot;
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
            "cato_member_busy_nanoseconds_total",
            "Time of the workers that the packets of a pipeline took, an estimate from a sample.",
            of_members(|counts| counts.busy_ns),
        ),
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
        gauge(
            "cato_loaded_pipelines",
            "Pipelines that serve, or wait for the end of flows that are bound to them.",
            vec![(vec![], snapshot.loaded as u64)],
        ),
        histogram(
            "cato_verdict_latency_seconds",
            "Time from the inference point until the verdict was written.",
            &sink.latency,
        ),
    ];
    families.extend(steered(snapshot));
    families.extend(admission(snapshot, &total));
    if snapshot.buckets.is_some() {
        families.push(counter(
            "cato_represented_flows_total",
            "Flows that the verdicts of a class stand for, with those alike that were not admitted.",
            represented.collect(),
        ));
    }
    // The encoder takes no family without numbers.
    families.retain(|family| !family.get_metric().is_empty());
    // Fails for names that are none and for families without metrics, and these are all there.
    TextEncoder::new().encode_to_string(&families).unwrap_or_default()
}

/// What the policy has decided, and whether constraints are kept to.
fn steered(snapshot: &Snapshot) -> Vec<MetricFamily> {
    let met = snapshot.constraints.iter();
    let met = met.map(|watched| (vec![("constraint", watched.constraint.to_owned())], u64::from(watched.met)));
    let mut families =
        vec![gauge("cato_constraint_met", "Whether the last second kept to what is asked for: 1 or 0.", met.collect())];
    let Some(PolicyState { name, members, mix, changes }) = &snapshot.policy else { return families };
    let Mix { lower, upper, upper_share, admitted_share } = *mix;
    let share = |of_2_32: u32| f64::from(of_2_32) / f64::from(u32::MAX);
    let to_upper = share(upper_share);
    let share_of = |member: usize| match (member == usize::from(lower), member == usize::from(upper)) {
        (true, true) => 1.0,
        (true, false) => 1.0 - to_upper,
        (false, true) => to_upper,
        (false, false) => 0.0,
    };
    let of_members: Numbers<f64> =
        (0..).zip(members).map(|(at, id)| (vec![("member", id.clone())], share_of(at))).collect();
    let numbers = (0..).zip(members).map(|(number, id)| (vec![("member", id.clone())], number));
    families.extend([
        gauge("cato_policy", "The policy that steers.", vec![(vec![("policy", name.clone())], 1)]),
        gauge(
            "cato_policy_member_number",
            "By which number the policy knows a pipeline, in order of cost.",
            numbers.collect(),
        ),
        gauge("cato_policy_lower_member", "Number of the cheaper pipeline of the mix.", vec![(vec![], lower.into())]),
        gauge("cato_policy_upper_member", "Number of the dearer pipeline of the mix.", vec![(vec![], upper.into())]),
        shares(
            "cato_policy_upper_share",
            "Share of the admitted flows that the dearer one gets.",
            vec![(vec![], to_upper)],
        ),
        shares("cato_policy_member_share", "Share of the admitted flows that a pipeline gets now.", of_members),
        shares(
            "cato_policy_admitted_share",
            "Share of all flows that is to be admitted.",
            vec![(vec![], share(admitted_share))],
        ),
        counter("cato_policy_changes_total", "How often the mix became another one.", vec![(vec![], *changes)]),
    ]);
    families
}

/// What was admitted of each kind of flow, where kinds are told apart; of those that came up to now.
fn admission(snapshot: &Snapshot, total: &WorkerCounts) -> Vec<MetricFamily> {
    let Some(buckets) = &snapshot.buckets else { return Vec::new() };
    let seen = || total.offered.iter().enumerate().filter(|(_, [offered, _])| *offered > 0);
    let label = |bucket: usize| vec![("bucket", buckets.name(bucket))];
    let of = |place: usize| seen().map(|(bucket, counts)| (label(bucket), counts[place & 1])).collect::<Numbers>();
    let now = seen().map(|(bucket, _)| (label(bucket), snapshot.admitted.get(bucket).copied().unwrap_or(0.0)));
    vec![
        counter("cato_admission_offered_flows_total", "Flows begun, by kind.", of(0)),
        counter("cato_admission_admitted_flows_total", "Those of them that were admitted.", of(1)),
        shares("cato_admission_share", "Share of the flows of a kind that is admitted now.", now.collect()),
    ]
}
