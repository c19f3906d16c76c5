//! What features are, in words.

use super::{Definition, Field, Side, Statistic};

impl Definition {
    /// What the value is, as a phrase without its unit.
    #[must_use]
    pub fn words(self) -> String {
        match self {
            Self::Duration => "time of the last packet minus time of the first".to_owned(),
            Self::Protocol => "transport protocol number".to_owned(),
            Self::Port(side) => format!("transport port of the {}", side.end()),
            Self::Load(side) => format!("bits that the {} sent, over the duration", side.end()),
            Self::Packets(side) => format!("packets of the {}", side.end()),
            Self::TcpRtt => "round trip of the handshake, syn_ack + ack_dat".to_owned(),
            Self::SynAck => "from the source's first packet to the SYN-ACK".to_owned(),
            Self::AckDat => "from the SYN-ACK to the source's next ACK".to_owned(),
            Self::Statistic(side, field, statistic) => {
                format!("{} of the {}'s {}", statistic.words(), side.end(), field.values())
            }
            Self::Flag(flag) => format!("packets with {}, both directions", flag.name()),
        }
    }
}

impl Side {
    fn end(self) -> &'static str {
        match self {
            Self::Source => "source",
            Self::Destination => "destination",
        }
    }
}

impl Field {
    fn values(self) -> &'static str {
        match self {
            Self::Bytes => "IP lengths",
            Self::Iat => "gaps between packets",
            Self::Winsize => "TCP windows",
            Self::Ttl => "hop limits",
        }
    }
}

impl Statistic {
    fn words(self) -> &'static str {
        match self {
            Self::Sum => "sum",
            Self::Mean => "mean",
            Self::Min => "smallest",
            Self::Max => "largest",
            Self::Med => "median",
            Self::Std => "standard deviation",
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use crate::catalog::FeatureId;

    #[test]
    fn no_two_features_are_described_alike() {
        let words: BTreeSet<_> = FeatureId::ALL.iter().map(|feature| feature.row().definition.words()).collect();
        assert_eq!(words.len(), FeatureId::ALL.len());
        assert!(words.contains("standard deviation of the destination's gaps between packets"), "{words:#?}");
    }
}
