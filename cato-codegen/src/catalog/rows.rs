//! The catalogue's one table.

use super::Definition::{self, AckDat, Duration, Flag, Load, Packets, Port, Protocol, Statistic, SynAck, TcpRtt};
use super::Feature;
use super::Field::{Bytes, Iat, Ttl, Winsize};
use super::Flag::{Ack, Cwr, Ece, Fin, Psh, Rst, Syn, Urg};
use super::ParseDepth::{self, Flow, Network, Transport};
use super::Side::{Destination, Source};
use super::Statistic::{Max, Mean, Med, Min, Std, Sum};

/// Number of features.
pub const COUNT: usize = 67;

/// Name, unit, definition and parse depth of each feature, in column order.
pub(super) static ROWS: [Feature; COUNT] = [
    row("dur", "ns", Duration, Flow),
    row("proto", "-", Protocol, Flow),
    row("s_port", "-", Port(Source), Flow),
    row("d_port", "-", Port(Destination), Flow),
    row("s_load", "bit/s", Load(Source), Flow),
    row("d_load", "bit/s", Load(Destination), Flow),
    row("s_pkt_cnt", "packets", Packets(Source), Flow),
    row("d_pkt_cnt", "packets", Packets(Destination), Flow),
    row("s_iat_mean", "ns", Statistic(Source, Iat, Mean), Flow),
    row("d_iat_mean", "ns", Statistic(Destination, Iat, Mean), Flow),
    row("tcp_rtt", "ns", TcpRtt, Transport),
    row("syn_ack", "ns", SynAck, Transport),
    row("ack_dat", "ns", AckDat, Transport),
    row("s_bytes_sum", "bytes", Statistic(Source, Bytes, Sum), Flow),
    row("d_bytes_sum", "bytes", Statistic(Destination, Bytes, Sum), Flow),
    row("s_bytes_mean", "bytes", Statistic(Source, Bytes, Mean), Flow),
    row("d_bytes_mean", "bytes", Statistic(Destination, Bytes, Mean), Flow),
    row("s_bytes_min", "bytes", Statistic(Source, Bytes, Min), Flow),
    row("d_bytes_min", "bytes", Statistic(Destination, Bytes, Min), Flow),
    row("s_bytes_max", "bytes", Statistic(Source, Bytes, Max), Flow),
    row("d_bytes_max", "bytes", Statistic(Destination, Bytes, Max), Flow),
    row("s_bytes_med", "bytes", Statistic(Source, Bytes, Med), Flow),
    row("d_bytes_med", "bytes", Statistic(Destination, Bytes, Med), Flow),
    row("s_bytes_std", "bytes", Statistic(Source, Bytes, Std), Flow),
    row("d_bytes_std", "bytes", Statistic(Destination, Bytes, Std), Flow),
    row("s_iat_sum", "ns", Statistic(Source, Iat, Sum), Flow),
    row("d_iat_sum", "ns", Statistic(Destination, Iat, Sum), Flow),
    row("s_iat_min", "ns", Statistic(Source, Iat, Min), Flow),
    row("d_iat_min", "ns", Statistic(Destination, Iat, Min), Flow),
    row("s_iat_max", "ns", Statistic(Source, Iat, Max), Flow),
    row("d_iat_max", "ns", Statistic(Destination, Iat, Max), Flow),
    row("s_iat_med", "ns", Statistic(Source, Iat, Med), Flow),
    row("d_iat_med", "ns", Statistic(Destination, Iat, Med), Flow),
    row("s_iat_std", "ns", Statistic(Source, Iat, Std), Flow),
    row("d_iat_std", "ns", Statistic(Destination, Iat, Std), Flow),
    row("s_winsize_sum", "-", Statistic(Source, Winsize, Sum), Transport),
    row("d_winsize_sum", "-", Statistic(Destination, Winsize, Sum), Transport),
    row("s_winsize_mean", "-", Statistic(Source, Winsize, Mean), Transport),
    row("d_winsize_mean", "-", Statistic(Destination, Winsize, Mean), Transport),
    row("s_winsize_min", "-", Statistic(Source, Winsize, Min), Transport),
    row("d_winsize_min", "-", Statistic(Destination, Winsize, Min), Transport),
    row("s_winsize_max", "-", Statistic(Source, Winsize, Max), Transport),
    row("d_winsize_max", "-", Statistic(Destination, Winsize, Max), Transport),
    row("s_winsize_med", "-", Statistic(Source, Winsize, Med), Transport),
    row("d_winsize_med", "-", Statistic(Destination, Winsize, Med), Transport),
    row("s_winsize_std", "-", Statistic(Source, Winsize, Std), Transport),
    row("d_winsize_std", "-", Statistic(Destination, Winsize, Std), Transport),
    row("s_ttl_sum", "hops", Statistic(Source, Ttl, Sum), Network),
    row("d_ttl_sum", "hops", Statistic(Destination, Ttl, Sum), Network),
    row("s_ttl_mean", "hops", Statistic(Source, Ttl, Mean), Network),
    row("d_ttl_mean", "hops", Statistic(Destination, Ttl, Mean), Network),
    row("s_ttl_min", "hops", Statistic(Source, Ttl, Min), Network),
    row("d_ttl_min", "hops", Statistic(Destination, Ttl, Min), Network),
    row("s_ttl_max", "hops", Statistic(Source, Ttl, Max), Network),
    row("d_ttl_max", "hops", Statistic(Destination, Ttl, Max), Network),
    row("s_ttl_med", "hops", Statistic(Source, Ttl, Med), Network),
    row("d_ttl_med", "hops", Statistic(Destination, Ttl, Med), Network),
    row("s_ttl_std", "hops", Statistic(Source, Ttl, Std), Network),
    row("d_ttl_std", "hops", Statistic(Destination, Ttl, Std), Network),
    row("cwr_cnt", "packets", Flag(Cwr), Transport),
    row("ece_cnt", "packets", Flag(Ece), Transport),
    row("urg_cnt", "packets", Flag(Urg), Transport),
    row("ack_cnt", "packets", Flag(Ack), Transport),
    row("psh_cnt", "packets", Flag(Psh), Transport),
    row("rst_cnt", "packets", Flag(Rst), Transport),
    row("syn_cnt", "packets", Flag(Syn), Transport),
    row("fin_cnt", "packets", Flag(Fin), Transport),
];

const fn row(name: &'static str, unit: &'static str, definition: Definition, parse: ParseDepth) -> Feature {
    Feature { name, unit, definition, parse }
}
