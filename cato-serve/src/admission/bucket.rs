//! What is known of a flow at its first packet, as one small number.

use cato_runtime::PacketView;

/// Ports with a place of their own.
const NAMED: usize = 13;
/// The named ports, then three ranges: up to 1023, up to 49151, the others (RFC 6335, section 6).
const PORTS: usize = NAMED + 3;
/// Bounds of the IP length in bytes, each the last of its class.
const SIZES: [u32; 3] = [60, 100, 300];
/// Bounds of time to live or hop limit: what systems begin with, 64, 128 and 255, less the way; and what comes from afar.
const TTLS: [u8; 3] = [32, 64, 128];

/// Puts first packets into buckets, by transport, port, length and time to live.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Buckets {
    /// Ascending.
    named: Vec<u16>,
}

impl Buckets {
    /// How many buckets there are.
    pub const COUNT: usize = 2 * PORTS * (SIZES.len() + 1) * (TTLS.len() + 1);

    /// Buckets in which the thirteen ports that `seen` has most often are told from all others; of ports that are as
    /// frequent, the lower ones.
    #[must_use]
    pub fn of_ports(seen: impl Iterator<Item = u16>) -> Self {
        let mut counts = vec![0_u64; 1 << 16];
        for port in seen {
            if let Some(count) = counts.get_mut(usize::from(port)) {
                *count += 1;
            }
        }
        let mut ports: Vec<u16> = (0..=u16::MAX).filter(|port| counts.get(usize::from(*port)) > Some(&0)).collect();
        ports.sort_by_key(|port| std::cmp::Reverse(counts.get(usize::from(*port)).copied()));
        ports.truncate(NAMED);
        ports.sort_unstable();
        Self { named: ports }
    }

    /// Buckets with these named ports.
    pub(super) fn named(mut ports: Vec<u16>) -> Option<Self> {
        ports.sort_unstable();
        ports.dedup();
        (ports.len() <= NAMED).then_some(Self { named: ports })
    }

    /// The ports with a place of their own, ascending.
    #[must_use]
    pub fn ports(&self) -> &[u16] {
        &self.named
    }

    /// The bucket of a flow by its first packet; less than [`COUNT`](Self::COUNT).
    #[must_use]
    pub fn of(&self, first: &PacketView) -> usize {
        self.of_fields(first.is_tcp(), [first.source_port(), first.destination_port()], first.bytes(), first.ttl())
    }

    /// As [`of`](Self::of), by the fields: TCP or UDP, source and destination port, IP length in bytes, time to live.
    #[must_use]
    pub fn of_fields(&self, tcp: bool, [source, destination]: [u16; 2], bytes: u32, ttl: u8) -> usize {
        let place = |port: u16| self.named.binary_search(&port).ok();
        // The answerer's port says what is talked; a flow that is first seen with an answer has it as its source.
        let port = place(destination).or_else(|| place(source)).unwrap_or(match destination.min(source) {
            0..=1023 => NAMED,
            1024..=49_151 => NAMED + 1,
            _ => NAMED + 2,
        });
        let size = SIZES.partition_point(|bound| *bound < bytes);
        let ttl = TTLS.partition_point(|bound| *bound < ttl);
        ((usize::from(tcp) * PORTS + port) * (SIZES.len() + 1) + size) * (TTLS.len() + 1) + ttl
    }

    /// The bucket in words, as `tcp/443/60/64`: transport, port or the last of a range of them, and what IP length and time
    /// to live are at most.
    #[must_use]
    pub fn name(&self, bucket: usize) -> String {
        let (rest, ttl) = (bucket / (TTLS.len() + 1), bucket % (TTLS.len() + 1));
        let (rest, size) = (rest / (SIZES.len() + 1), rest % (SIZES.len() + 1));
        let transport = if rest >= PORTS { "tcp" } else { "udp" };
        let port = match (rest % PORTS).checked_sub(NAMED) {
            None => self.named.get(rest % PORTS).map_or_else(|| "none".to_owned(), u16::to_string),
            Some(range) => ["0-1023", "1024-49151", "49152-65535"].get(range).map_or("none", |range| *range).to_owned(),
        };
        let bytes = SIZES.get(size).map_or_else(|| "more".to_owned(), u32::to_string);
        let ttl = TTLS.get(ttl).copied().unwrap_or(u8::MAX);
        format!("{transport}/{port}/{bytes}/{ttl}")
    }

    /// The buckets of the same transport and port as `bucket`, which are those that are most like it.
    pub(super) fn kin(bucket: usize) -> std::ops::Range<usize> {
        let size = (SIZES.len() + 1) * (TTLS.len() + 1);
        let first = bucket / size * size;
        first..first + size
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::Buckets;

    #[test]
    fn every_kind_has_a_bucket_of_its_own() {
        let seen = (1..=20).flat_map(|port| vec![port * 100; usize::from(30 - port)]);
        let buckets = Buckets::of_ports(seen);
        assert_eq!(buckets.ports(), (1..=13).map(|port| port * 100).collect::<Vec<u16>>());
        let mut found = BTreeSet::new();
        for tcp in [false, true] {
            for port in buckets.ports().iter().copied().chain([53, 5_000, 60_000]) {
                for bytes in [40, 61, 300, 301] {
                    for ttl in [1, 64, 65, 255] {
                        let bucket = buckets.of_fields(tcp, [50_000, port], bytes, ttl);
                        // An answer that is seen first is of the same kind.
                        assert_eq!(buckets.of_fields(tcp, [port, 50_000], bytes, ttl), bucket);
                        assert!(Buckets::kin(bucket).contains(&bucket));
                        found.insert(bucket);
                    }
                }
            }
        }
        let names: BTreeSet<String> = found.iter().map(|bucket| buckets.name(*bucket)).collect();
        assert_eq!([found.len(), names.len()], [Buckets::COUNT; 2]);
        assert_eq!(buckets.name(buckets.of_fields(true, [50_000, 100], 40, 64)), "tcp/100/60/64");
        assert_eq!(buckets.name(buckets.of_fields(false, [50_000, 99], 400, 255)), "udp/0-1023/more/255");
        assert_eq!(found.last(), Some(&(Buckets::COUNT - 1)));
    }
}
