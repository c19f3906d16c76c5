//! Capturing from interfaces of network namespaces that the tests make themselves.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests too")]

use std::collections::BTreeSet;
use std::net::UdpSocket;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use cato_runtime::{FlowKey, LinkType, decode};
use cato_tests::network::{Namespace, Sender};
use cato_traffic::live::{LiveError, LiveOptions, LiveSource, Polled, drop_privileges};

/// What was captured of a frame.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Seen {
    data: Vec<u8>,
    wire_len: u32,
    time_ns: u64,
}

/// Small rings, so that more of them fit a machine that tests much at once.
fn options(interface: &str) -> LiveOptions {
    LiveOptions { ring_bytes: 2 << 20, ..LiveOptions::new(interface) }
}

/// Two namespaces with a cable from `near` in the first to `far` in the second.
fn pair() -> Option<(Namespace, Namespace)> {
    let (near, far) = (Namespace::new()?, Namespace::new()?);
    match near.join("near", &far, "far") {
        Ok(()) => Some((near, far)),
        Err(error) => {
            println!("skipped: no virtual Ethernet: {error:#}");
            None
        }
    }
}

fn open(namespace: &Namespace, options: LiveOptions) -> Result<LiveSource, LiveError> {
    namespace.within(move || LiveSource::open(&options))
}

fn send(namespace: &Namespace, frames: Vec<Vec<u8>>) {
    namespace.within(move || {
        let sender = Sender::open("near").unwrap();
        sender.send(frames.iter().map(Vec::as_slice)).unwrap();
    });
}

/// Captures until `wanted` frames are there, or nothing comes any more.
fn capture(source: &mut LiveSource, wanted: usize) -> Vec<Seen> {
    let mut seen = Vec::new();
    let mut idle = 0;
    while seen.len() < wanted && idle < 20 {
        let polled = source.poll(Duration::from_millis(100), |frames| {
            assert!(frames.iter().all(|frame| frame.link == Some(source_link(frames))));
            seen.extend(frames.iter().map(|frame| Seen {
                data: frame.data.to_vec(),
                wire_len: frame.wire_len,
                time_ns: frame.time_ns,
            }));
        });
        idle += u32::from(polled.unwrap() == Polled::Idle);
    }
    seen
}

fn source_link(frames: &[cato_runtime::Frame<'_>]) -> LinkType {
    frames.first().and_then(|frame| frame.link).expect("a link type of its own")
}

/// A UDP packet in IPv4 in Ethernet: `tag` is what stands between the addresses and the type.
fn udp(tag: &[u8], source: (u8, u16), destination: (u8, u16), payload: usize) -> Vec<u8> {
    let ip_len = (28 + payload) as u16;
    let mut frame = [[2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2].as_slice(), tag, &[8, 0, 0x45, 0]].concat();
    frame.extend(ip_len.to_be_bytes());
    frame.extend([0, 0, 0x40, 0, 64, 17, 0, 0, 10, 0, 0, source.0, 10, 0, 0, destination.0]);
    for word in [source.1, destination.1, ip_len - 20, 0] {
        frame.extend(word.to_be_bytes());
    }
    frame.resize(frame.len() + payload, 0x5a);
    frame
}

fn numbered(count: u16) -> Vec<Vec<u8>> {
    (0..count).map(|number| udp(&[], (1, number), (2, 53), 20)).collect()
}

#[test]
fn frames_come_as_they_were_sent() {
    let Some((near, far)) = pair() else { return };
    let mut source = open(&far, options("far")).unwrap();
    assert_eq!((source.link(), source.interface()), (LinkType::Ethernet, "far"));
    let before = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos() as u64;
    let long = udp(&[], (1, 1), (2, 2), 1000);
    let sent = [numbered(3000), vec![long.clone()]].concat();
    send(&near, sent.clone());
    let seen = capture(&mut source, sent.len());
    let after = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos() as u64;
    assert_eq!(seen.len(), sent.len());
    for (seen, sent) in seen.iter().zip(&sent) {
        assert_eq!(seen.data, sent[..sent.len().min(256)]);
        assert_eq!(seen.wire_len as usize, sent.len());
    }
    assert!(seen.is_sorted_by_key(|frame| frame.time_ns));
    // The clock of packets may be a coarser one.
    let slack = 20_000_000;
    assert!(seen[0].time_ns + slack >= before && seen[3000].time_ns <= after + slack);

    let statistics = source.statistics().unwrap();
    assert_eq!((statistics.received, statistics.frames), (3001, 3001));
    assert_eq!((statistics.dropped, statistics.unreadable, statistics.waiting()), (0, 0, 0));
    assert_eq!(statistics.bytes, sent.iter().map(|frame| frame.len() as u64).sum::<u64>());
}

#[test]
fn tags_are_put_back() {
    let Some((near, far)) = pair() else { return };
    let mut source = open(&far, options("far")).unwrap();
    let tags = [[0x81, 0, 0x20, 5].as_slice(), &[0x88, 0xa8, 0, 7, 0x81, 0, 0, 9], &[]];
    let sent: Vec<_> = tags.iter().map(|tag| udp(tag, (1, 7), (2, 8), 30)).collect();
    send(&near, sent.clone());
    let seen = capture(&mut source, sent.len());
    let bytes: Vec<_> = seen.iter().map(|seen| (seen.data.clone(), seen.wire_len as usize)).collect();
    let expected: Vec<_> = sent.iter().map(|sent| (sent.clone(), sent.len())).collect();
    assert_eq!(bytes, expected);
    // To a flow they are all the same.
    let keys: BTreeSet<_> =
        seen.iter().map(|seen| decode(source.link(), &seen.data, seen.wire_len).unwrap().key).collect();
    assert_eq!(keys.len(), 1);
}

#[test]
fn a_lone_frame_does_not_wait_for_others() {
    let Some((near, far)) = pair() else { return };
    let mut source = open(&far, options("far")).unwrap();
    assert_eq!(source.poll(Duration::ZERO, |_| panic!("nothing was sent")).unwrap(), Polled::Idle);
    send(&near, numbered(1));
    assert_eq!(capture(&mut source, 1).len(), 1);
}

#[test]
fn what_does_not_fit_is_counted() {
    let Some((near, far)) = pair() else { return };
    let mut source = open(&far, LiveOptions { ring_bytes: 512 << 10, ..options("far") }).unwrap();
    let sent = 20_000;
    send(&near, numbered(sent));
    assert!(source.occupancy() > 0.5);
    let seen = capture(&mut source, usize::from(sent)).len() as u64;
    let statistics = source.statistics().unwrap();
    assert!(statistics.dropped > 0 && statistics.freezes > 0);
    assert_eq!((statistics.received, statistics.dropped + seen), (u64::from(sent), u64::from(sent)));
    // Then all is well again.
    send(&near, numbered(10));
    assert_eq!(capture(&mut source, 10).len(), 10);
    assert_eq!(source.occupancy(), 0.0);
}

#[test]
fn workers_share_flows_and_not_packets() {
    let Some((near, far)) = pair() else { return };
    let workers = far.within(|| LiveSource::open_workers(&options("far"), 3));
    let mut workers = workers.unwrap();
    let ports = 1..=60_u16;
    let there_and_back = |port| [udp(&[], (1, port), (2, 53), 20), udp(&[], (2, 53), (1, port), 40)];
    let sent: Vec<_> = (0..5).flat_map(|_| ports.clone().flat_map(there_and_back)).collect();
    send(&near, sent.clone());
    let keys = |source: &mut LiveSource| -> Vec<FlowKey> {
        let seen = capture(source, usize::MAX);
        seen.iter().map(|seen| decode(LinkType::Ethernet, &seen.data, seen.wire_len).unwrap().key).collect()
    };
    let shares: Vec<_> = workers.iter_mut().map(keys).collect();
    assert_eq!(shares.iter().map(Vec::len).sum::<usize>(), sent.len());
    assert!(shares.iter().all(|share| !share.is_empty()));
    let flows: Vec<BTreeSet<_>> = shares.into_iter().map(|share| share.into_iter().collect()).collect();
    assert_eq!(flows.iter().map(BTreeSet::len).sum::<usize>(), ports.len(), "a flow came to two workers");
    assert!(matches!(LiveSource::open_workers(&options("far"), 0), Err(LiveError::Option { .. })));
}

#[test]
fn a_link_that_fails_is_no_end_and_a_removed_one_is() {
    let Some((near, far)) = pair() else { return };
    let mut source = open(&far, options("far")).unwrap();
    far.ip("link set far down").unwrap();
    let polled = source.poll(Duration::from_secs(5), |_| ()).unwrap();
    assert_eq!(polled, Polled::Down);
    assert_eq!(source.poll(Duration::from_millis(1), |_| ()).unwrap(), Polled::Idle);
    let down = open(&far, options("far"));
    assert!(matches!(down, Err(LiveError::Down { .. })), "{down:?}");

    far.ip("link set far up").unwrap();
    send(&near, numbered(5));
    assert_eq!(capture(&mut source, 5).len(), 5);
    assert_eq!(source.statistics().unwrap().downs, 1);

    far.ip("link del far").unwrap();
    let deadline = Instant::now() + Duration::from_secs(60);
    let gone = loop {
        match source.poll(Duration::from_millis(10), |_| ()) {
            Ok(_) => assert!(Instant::now() < deadline, "it goes on without an interface"),
            Err(error) => break error,
        }
    };
    assert!(matches!(gone, LiveError::Gone { .. }), "{gone}");
}

#[test]
fn loopback_shows_every_packet_once_and_tunnels_bare_ip() {
    let Some(namespace) = Namespace::new() else { return };
    let mut source = open(&namespace, options("lo")).unwrap();
    namespace.within(|| {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.send_to(b"once", socket.local_addr().unwrap()).unwrap();
    });
    let seen = capture(&mut source, 2);
    assert_eq!(seen.len(), 1);
    assert!(seen[0].data.ends_with(b"once") && decode(source.link(), &seen[0].data, seen[0].wire_len).is_ok());

    if let Err(error) = namespace.ip("tuntap add tunnel mode tun") {
        return println!("skipped: no tunnel: {error:#}");
    }
    namespace.ip("link set tunnel up").unwrap();
    assert_eq!(open(&namespace, options("tunnel")).unwrap().link(), LinkType::RawIp);
}

#[test]
fn what_is_lacking_is_said() {
    let Some(namespace) = Namespace::new() else { return };
    assert!(matches!(open(&namespace, options("nowhere")), Err(LiveError::NoInterface { .. })));
    let mut source = open(&namespace, options("lo")).unwrap();
    let refused = namespace.within(|| {
        // For good, and for this thread only.
        drop_privileges().unwrap();
        LiveSource::open(&options("lo"))
    });
    let said = refused.unwrap_err().to_string();
    assert!(said.contains("CAP_NET_RAW") && said.contains("setcap cap_net_raw+ep /"), "{said}");
    // What was open before goes on.
    namespace.within(move || {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.send_to(b"still", socket.local_addr().unwrap()).unwrap();
        assert_eq!(capture(&mut source, 1).len(), 1);
    });
}
