//! Policies in front of a server that does what it is told without delay.

use super::{Adaptive, MemberCost, MemberSignals, Mix, Policy, Sample, Signals};

const INTERVAL: u64 = 10_000_000;

fn costs() -> [MemberCost; 3] {
    [(200.0, 3, 0.4), (400.0, 10, 0.7), (1_600.0, 20, 0.9)].map(|(packet_ns, depth, quality)| MemberCost {
        start_ns: packet_ns + 200.0,
        packet_ns,
        absorbed_ns: 50.0,
        verdict_ns: 300.0,
        mean_ns: 500.0 + f64::from(depth) * packet_ns + f64::from(20 - depth) * 50.0,
        depth: Some(depth),
        quality,
    })
}

/// A worker of which everything takes `factor` times as long as was measured.
struct Plant {
    factor: f64,
    /// Which of [`costs`] the pool's first member has.
    first: usize,
    /// Work that waits, in nanoseconds; the ring holds [`RING_NS`] of it.
    waiting_ns: f64,
}

const RING_NS: f64 = 6e6;

impl Plant {
    /// What an interval shows in which `flows` of 20 packets each began and were bound by `mix`.
    fn interval(&mut self, mix: Mix, flows: u64) -> Signals {
        let part = |share: u32| f64::from(share) / f64::from(u32::MAX);
        let admitted = (flows as f64 * part(mix.admitted_share)).round() as u64;
        let upper = (admitted as f64 * part(mix.upper_share)).round() as u64;
        let mut members = vec![MemberSignals::default(); 3];
        // A flow that is not admitted is entered into the table all the same.
        let mut work = (flows - admitted) as f64 * 400.0;
        for (member, flows) in [(mix.lower, admitted - upper), (mix.upper, upper)] {
            let cost = costs()[self.first + usize::from(member)];
            let packets = flows * u64::from(cost.depth.unwrap().min(20));
            members[usize::from(member)].flows += flows;
            members[usize::from(member)].packets += packets;
            members[usize::from(member)].verdicts += flows;
            work += flows as f64 * 500.0 + packets as f64 * cost.packet_ns;
        }
        let own: u64 = members.iter().map(|member| member.packets).sum();
        work += (20 * flows - own - (flows - admitted)) as f64 * 50.0;
        let todo = self.waiting_ns + work * self.factor;
        self.waiting_ns = (todo - INTERVAL as f64).clamp(0.0, RING_NS);
        Signals {
            interval_ns: INTERVAL,
            offered_packets: 20 * flows,
            new_flows: flows,
            ring_occupancy: self.waiting_ns / RING_NS,
            busy: (todo / INTERVAL as f64).min(1.0),
            lost_packets: u64::from(todo - INTERVAL as f64 > RING_NS),
            members,
            ..Signals::default()
        }
    }
}

/// The mixes of so many intervals of constant load, and what the last one showed.
fn run(policy: &mut dyn Policy, intervals: usize, flows: u64, factor: f64) -> (Vec<Mix>, Signals) {
    let mut plant = Plant { factor, first: 0, waiting_ns: 0.0 };
    let mut signals = plant.interval(policy.start(), flows);
    let mut mixes = Vec::new();
    for _ in 0..intervals {
        let mix = policy.decide(&signals);
        signals = plant.interval(mix, flows);
        mixes.push(mix);
    }
    (mixes, signals)
}

/// Where on the ladder of the three members a mix is.
fn place(mix: Mix) -> f64 {
    let part = |share: u32| f64::from(share) / f64::from(u32::MAX);
    if mix.admitted_share < u32::MAX {
        part(mix.admitted_share)
    } else {
        1.0 + f64::from(mix.lower) + part(mix.upper_share)
    }
}

#[test]
fn constant_load_has_a_constant_mix_and_loses_nothing() {
    for flows in [100, 400, 700, 1_200, 2_000, 4_000] {
        let (mixes, signals) = run(&mut Adaptive::new(&costs()), 3_000, flows, 1.0);
        let places: Vec<f64> = mixes[1_000..].iter().map(|&mix| place(mix)).collect();
        let spread = places.iter().fold(f64::NEG_INFINITY, |most, &place| most.max(place))
            - places.iter().fold(f64::INFINITY, |least, &place| least.min(place));
        assert!(spread < 0.05, "{flows} flows: {spread}");
        assert!(signals.ring_occupancy < 0.75 && signals.lost_packets == 0, "{flows} flows: {signals:?}");
        assert!(
            place(mixes[2_999]) == 3.0 || signals.busy > 0.9,
            "{flows} flows: {} {}",
            place(mixes[2_999]),
            signals.busy
        );
    }
}

#[test]
fn low_load_is_the_last_members_alone_from_the_first_flow_on() {
    let mut policy = Adaptive::new(&costs());
    assert_eq!(policy.start(), Mix::only(2));
    assert!(run(&mut policy, 500, 50, 1.0).0.iter().all(|&mix| mix == Mix::only(2)));
}

#[test]
fn more_load_never_has_a_dearer_mix() {
    let last = |flows| place(run(&mut Adaptive::new(&costs()), 2_000, flows, 1.0).0[1_999]);
    let places: Vec<f64> = (1..40).map(|step| last(100 * step)).collect();
    assert!(places.windows(2).all(|pair| pair[1] <= pair[0] + 0.05), "{places:?}");
    assert!(places[0] == 3.0 && places[38] < 2.0, "{places:?}");
}

#[test]
fn costs_are_learnt() {
    // Twice as dear as was measured: what would have been affordable is not.
    let (mixes, signals) = run(&mut Adaptive::new(&costs()), 3_000, 400, 2.0);
    assert!(signals.ring_occupancy < 0.75 && signals.lost_packets == 0, "{signals:?}");
    assert!(place(mixes[2_999]) < place(run(&mut Adaptive::new(&costs()), 3_000, 400, 1.0).0[2_999]) - 0.3);
}

#[test]
fn a_jump_of_load_is_followed_within_a_few_intervals() {
    let mut policy = Adaptive::new(&costs());
    let mut plant = Plant { factor: 1.0, first: 0, waiting_ns: 0.0 };
    let mut signals = plant.interval(policy.start(), 100);
    let mut lost = 0;
    for step in 0..1_000 {
        let mix = policy.decide(&signals);
        signals = plant.interval(mix, if step < 500 { 100 } else { 1_500 });
        lost += signals.lost_packets;
    }
    assert!(lost <= 3, "{lost} intervals with losses");
}

#[test]
fn a_pool_of_one_admits_what_it_can_bear() {
    let only = &costs()[2..];
    let mut plant = Plant { factor: 1.0, first: 2, waiting_ns: 0.0 };
    let mut policy = Adaptive::new(only);
    let mut last = |flows, intervals| {
        let mut mix = policy.start();
        for _ in 0..intervals {
            let signals = plant.interval(mix, flows);
            mix = policy.decide(&signals);
        }
        (mix, plant.interval(mix, flows))
    };
    assert_eq!(last(100, 200).0, Mix::only(0));
    let (mix, signals) = last(1_000, 2_000);
    assert!((mix.lower, mix.upper_share) == (0, 0) && mix.admitted_share < u32::MAX / 2, "{mix:?}");
    assert!(signals.busy > 0.8 && signals.lost_packets == 0, "{signals:?}");
}

#[test]
fn an_empty_pool_and_empty_intervals_are_borne() {
    assert_eq!(Adaptive::new(&[]).decide(&Signals::default()).lower, 0);
    let mut policy = Adaptive::new(&costs());
    assert!((0..50).all(|_| policy.decide(&Signals { interval_ns: INTERVAL, ..Signals::default() }) == Mix::only(2)));
}

#[test]
fn sampling_admits_all_or_the_share_that_fits() {
    let sample = || Sample::new(2, "c", &costs());
    assert_eq!(sample().name(), "sample:c");
    assert!(run(&mut sample(), 200, 20, 1.0).0.iter().all(|&mix| mix == Mix::only(2)));
    let mix = run(&mut sample(), 2_000, 1_000, 1.0).0[1_999];
    let admitted = f64::from(mix.admitted_share) / f64::from(u32::MAX);
    assert!((0.1..0.5).contains(&admitted), "{admitted}");
}
