//! Policies in front of a server that does what it is told without delay.

use super::{Adaptive, MemberCost, MemberSignals, Mix, Policy, Sample, Signals};

const INTERVAL: u64 = 10_000_000;

fn costs() -> [MemberCost; 3] {
    [(200.0, 3, 0.4), (400.0, 10, 0.7), (1_600.0, 20, 0.9)].map(|(packet_ns, depth, quality)| MemberCost {
        packet_ns,
        absorbed_ns: 50.0,
        flow_ns: 500.0,
        depth: Some(depth),
        quality,
    })
}

/// What an interval shows in which `flows` of 20 packets each began and were bound by `mix`, where all costs are `factor`
/// times the measured ones.
fn interval(mix: Mix, flows: u64, factor: f64) -> Signals {
    let part = |share: u32| f64::from(share) / f64::from(u32::MAX);
    let admitted = (flows as f64 * part(mix.admitted_share)).round() as u64;
    let upper = (admitted as f64 * part(mix.upper_share)).round() as u64;
    let mut members = vec![MemberSignals::default(); 3];
    let mut work = 0.0;
    for (member, flows) in [(mix.lower, admitted - upper), (mix.upper, upper)] {
        let cost = costs()[usize::from(member)];
        let packets = flows * u64::from(cost.depth.unwrap().min(20));
        members[usize::from(member)].flows += flows;
        members[usize::from(member)].packets += packets;
        work += flows as f64 * cost.flow_ns + packets as f64 * cost.packet_ns;
    }
    let own: u64 = members.iter().map(|member| member.packets).sum();
    work += (20 * flows - own) as f64 * 50.0;
    let busy = work * factor / INTERVAL as f64;
    Signals {
        interval_ns: INTERVAL,
        offered_packets: 20 * flows,
        new_flows: flows,
        ring_occupancy: (busy - 1.0).clamp(0.0, 1.0),
        busy: busy.min(1.0),
        members,
        ..Signals::default()
    }
}

/// The mixes of so many intervals of constant load.
fn run(policy: &mut dyn Policy, intervals: usize, flows: u64, factor: f64) -> Vec<Mix> {
    let mut mix = policy.start();
    let mut mixes = Vec::new();
    for _ in 0..intervals {
        mix = policy.decide(&interval(mix, flows, factor));
        mixes.push(mix);
    }
    mixes
}

#[test]
fn constant_load_has_a_constant_mix_below_the_target() {
    for flows in [100, 400, 700, 1_200, 2_000] {
        let mixes = run(&mut Adaptive::new(&costs()), 3_000, flows, 1.0);
        let settled = mixes[2_000];
        assert!(mixes[2_000..].iter().all(|&mix| mix == settled), "{flows} flows");
        let busy = interval(settled, flows, 1.0).busy;
        assert!(busy < 0.9, "{flows} flows: {busy}");
    }
}

#[test]
fn low_load_is_the_last_members_alone_from_the_first_flow_on() {
    let mut policy = Adaptive::new(&costs());
    assert_eq!(policy.start(), Mix::only(2));
    assert!(run(&mut policy, 500, 50, 1.0).iter().all(|&mix| mix == Mix::only(2)));
}

#[test]
fn more_load_never_has_a_dearer_mix() {
    let place = |flows| {
        let mix = run(&mut Adaptive::new(&costs()), 2_000, flows, 1.0)[1_999];
        f64::from(mix.lower) + f64::from(mix.upper_share) / f64::from(u32::MAX)
    };
    let places: Vec<f64> = (1..20).map(|step| place(100 * step)).collect();
    assert!(places.windows(2).all(|pair| pair[1] <= pair[0] + 0.05), "{places:?}");
    assert!(places[0] == 2.0 && places[18] < 1.0, "{places:?}");
}

#[test]
fn costs_are_learnt() {
    // Twice as dear as was measured: what would have been affordable is not.
    let mix = run(&mut Adaptive::new(&costs()), 3_000, 400, 2.0)[2_999];
    let busy = interval(mix, 400, 2.0).busy;
    assert!(busy < 0.95, "{mix:?} {busy}");
    assert_ne!(mix, run(&mut Adaptive::new(&costs()), 3_000, 400, 1.0)[2_999]);
}

#[test]
fn a_pool_of_one_admits_what_it_can_bear() {
    let only = &costs()[..1];
    assert!(run(&mut Adaptive::new(only), 200, 100, 1.0).iter().all(|&mix| mix == Mix::only(0)));
    let mix = run(&mut Adaptive::new(only), 2_000, 20_000, 1.0)[1_999];
    assert!((mix.lower, mix.upper_share) == (0, 0) && mix.admitted_share < u32::MAX, "{mix:?}");
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
    assert!(run(&mut sample(), 200, 50, 1.0).iter().all(|&mix| mix == Mix::only(2)));
    let mix = run(&mut sample(), 2_000, 1_000, 1.0)[1_999];
    let admitted = f64::from(mix.admitted_share) / f64::from(u32::MAX);
    assert!((0.1..0.5).contains(&admitted), "{admitted}");
}
