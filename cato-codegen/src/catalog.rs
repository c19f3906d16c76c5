//! The catalogue: every feature that a spec may name, in the order of their columns.

mod rows;
pub mod sets;
mod words;

use std::fmt;

pub use rows::COUNT;

/// One end of a flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// The end that opened the flow.
    Source,
    /// The other end.
    Destination,
}

impl Side {
    /// Both ends, in column order.
    pub const BOTH: [Self; 2] = [Self::Source, Self::Destination];

    /// The letter that begins the names of this side's features.
    #[must_use]
    pub const fn letter(self) -> &'static str {
        match self {
            Self::Source => "s",
            Self::Destination => "d",
        }
    }
}

/// How far into a frame a feature makes the pipeline read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ParseDepth {
    /// Nothing beyond what finding the flow reads anyway: time, direction, protocol, ports, length.
    Flow,
    /// A field of the IP header.
    Network,
    /// A field of the TCP header.
    Transport,
}

/// A number that each packet of one direction has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// IP length.
    Bytes,
    /// Gap to the previous packet of the same direction.
    Iat,
    /// TCP window as sent.
    Winsize,
    /// Time to live or hop limit.
    Ttl,
}

impl Field {
    /// The field as it stands in feature names.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bytes => "bytes",
            Self::Iat => "iat",
            Self::Winsize => "winsize",
            Self::Ttl => "ttl",
        }
    }

    /// The largest value that the field can take.
    #[must_use]
    pub const fn max(self) -> u64 {
        match self {
            Self::Bytes => 65_575,
            // Times are signed words, see `record`.
            Self::Iat => i64::MAX as u64,
            Self::Winsize => u16::MAX as u64,
            Self::Ttl => u8::MAX as u64,
        }
    }

    /// Whether only TCP has the field.
    #[must_use]
    pub const fn is_tcp_only(self) -> bool {
        matches!(self, Self::Winsize)
    }
}

/// How the values of a field become one number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Statistic {
    /// Sum.
    Sum,
    /// Sum divided by count.
    Mean,
    /// Smallest.
    Min,
    /// Largest.
    Max,
    /// Middle of the first [`MEDIAN_WINDOW`] values.
    Med,
    /// Population standard deviation.
    Std,
}

/// How many values of a direction a median is taken of, at most.
pub const MEDIAN_WINDOW: u64 = 128;

/// A bit of the TCP flags octet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Flag {
    /// Congestion window reduced.
    Cwr = 0x80,
    /// Explicit congestion notification echo.
    Ece = 0x40,
    /// Urgent pointer is significant.
    Urg = 0x20,
    /// Acknowledgment number is significant.
    Ack = 0x10,
    /// Push.
    Psh = 0x08,
    /// Reset.
    Rst = 0x04,
    /// Synchronize sequence numbers.
    Syn = 0x02,
    /// No more data from sender.
    Fin = 0x01,
}

impl Flag {
    /// The bit.
    #[must_use]
    pub const fn mask(self) -> u8 {
        self as u8
    }

    /// The flag's name in capitals, as the TCP standard writes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cwr => "CWR",
            Self::Ece => "ECE",
            Self::Urg => "URG",
            Self::Ack => "ACK",
            Self::Psh => "PSH",
            Self::Rst => "RST",
            Self::Syn => "SYN",
            Self::Fin => "FIN",
        }
    }
}

/// What a feature is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Definition {
    /// Time of the last packet minus time of the first.
    Duration,
    /// Transport protocol number.
    Protocol,
    /// Transport port of one end.
    Port(Side),
    /// Bytes of one direction over the duration.
    Load(Side),
    /// Packets of one direction.
    Packets(Side),
    /// Handshake round trip: the two parts below together.
    TcpRtt,
    /// From the source's first packet to the destination's SYN-ACK.
    SynAck,
    /// From the SYN-ACK to the source's next ACK.
    AckDat,
    /// A statistic of a field over the packets of one direction.
    Statistic(Side, Field, Statistic),
    /// Packets of both directions with a flag set.
    Flag(Flag),
}

/// One row of the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Feature {
    /// The name that specs use.
    pub name: &'static str,
    /// What the value counts: "ns", "bytes", "bit/s", "packets", "hops", or "-" for a bare number.
    pub unit: &'static str,
    /// What the value is.
    pub definition: Definition,
    /// How far into a frame it makes the pipeline read.
    pub parse: ParseDepth,
}

/// A feature of the catalogue, by its place in the column order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FeatureId(u8);

impl FeatureId {
    /// Every feature, in column order.
    pub const ALL: [Self; COUNT] = {
        let mut all = [Self(0); COUNT];
        let mut index = 0;
        while index < COUNT {
            all[index] = Self(index as u8);
            index += 1;
        }
        all
    };

    /// The feature of that name.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|feature| feature.name() == name)
    }

    /// The feature in that place of the column order, from 0.
    #[must_use]
    pub fn by_index(index: usize) -> Option<Self> {
        Self::ALL.get(index).copied()
    }

    /// Its place in the column order, from 0.
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }

    /// Its row.
    #[must_use]
    pub const fn row(self) -> &'static Feature {
        // An id is only ever made from a place in the table.
        &rows::ROWS[self.0 as usize]
    }

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.row().name
    }
}

impl fmt::Debug for FeatureId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl fmt::Display for FeatureId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::{FeatureId, Field, Statistic};

    /// The names in column order, put together from the rules of the definitions page and not from the table.
    fn names_by_rule() -> Vec<String> {
        let mut names: Vec<String> = "dur proto s_port d_port s_load d_load s_pkt_cnt d_pkt_cnt s_iat_mean d_iat_mean \
            tcp_rtt syn_ack ack_dat"
            .split_whitespace()
            .map(str::to_owned)
            .collect();
        for (field, statistics) in [
            ("bytes", "sum mean min max med std"),
            ("iat", "sum min max med std"),
            ("winsize", "sum mean min max med std"),
            ("ttl", "sum mean min max med std"),
        ] {
            for statistic in statistics.split_whitespace() {
                names.extend(["s", "d"].map(|side| format!("{side}_{field}_{statistic}")));
            }
        }
        names.extend("cwr ece urg ack psh rst syn fin".split_whitespace().map(|flag| format!("{flag}_cnt")));
        names
    }

    #[test]
    fn the_table_is_the_definitions_page() {
        let table: Vec<_> = FeatureId::ALL.iter().map(|feature| feature.name().to_owned()).collect();
        assert_eq!(table, names_by_rule());
        assert_eq!(table.len(), 67);
    }

    #[test]
    fn names_say_what_the_definitions_are() {
        for feature in FeatureId::ALL {
            if let super::Definition::Statistic(side, field, statistic) = feature.row().definition {
                let statistic = match statistic {
                    Statistic::Sum => "sum",
                    Statistic::Mean => "mean",
                    Statistic::Min => "min",
                    Statistic::Max => "max",
                    Statistic::Med => "med",
                    Statistic::Std => "std",
                };
                assert_eq!(feature.name(), format!("{}_{}_{statistic}", side.letter(), field.name()));
                assert_eq!(
                    feature.row().parse,
                    match field {
                        Field::Bytes | Field::Iat => super::ParseDepth::Flow,
                        Field::Winsize => super::ParseDepth::Transport,
                        Field::Ttl => super::ParseDepth::Network,
                    }
                );
            }
        }
    }

    #[test]
    fn ids_and_names_lead_to_each_other() {
        for feature in FeatureId::ALL {
            assert_eq!(FeatureId::by_name(feature.name()), Some(feature));
            assert_eq!(FeatureId::by_index(feature.index()), Some(feature));
        }
        assert_eq!(FeatureId::by_name("s_bytes"), None);
        assert_eq!(FeatureId::by_index(67), None);
    }
}
