//! Named sets of features that studies of traffic analysis compare with, each in column order.

/// The six features whose every subset CATO's authors measured.
pub const MINI: &[&str] = &["dur", "s_load", "s_pkt_cnt", "s_iat_mean", "s_bytes_sum", "s_bytes_mean"];

/// Traffic Refinery's packet counters.
pub const PC: &[&str] = &["s_pkt_cnt", "d_pkt_cnt", "s_bytes_sum", "d_bytes_sum"];

/// Packet counters and packet times.
pub const PCPT: &[&str] = &[
    "s_pkt_cnt",
    "d_pkt_cnt",
    "s_bytes_sum",
    "d_bytes_sum",
    "s_iat_sum",
    "d_iat_sum",
    "s_iat_min",
    "d_iat_min",
    "s_iat_max",
    "d_iat_max",
    "s_iat_med",
    "d_iat_med",
    "s_iat_std",
    "d_iat_std",
];

/// Packet counters, packet times and TCP counters.
pub const PCPTTC: &[&str] = &[
    "s_pkt_cnt",
    "d_pkt_cnt",
    "tcp_rtt",
    "s_bytes_sum",
    "d_bytes_sum",
    "s_iat_sum",
    "d_iat_sum",
    "s_iat_min",
    "d_iat_min",
    "s_iat_max",
    "d_iat_max",
    "s_iat_med",
    "d_iat_med",
    "s_iat_std",
    "d_iat_std",
    "s_winsize_sum",
    "d_winsize_sum",
    "s_winsize_mean",
    "d_winsize_mean",
    "s_winsize_min",
    "d_winsize_min",
    "s_winsize_max",
    "d_winsize_max",
    "s_winsize_med",
    "d_winsize_med",
    "s_winsize_std",
    "d_winsize_std",
    "cwr_cnt",
    "ece_cnt",
    "urg_cnt",
    "ack_cnt",
    "psh_cnt",
    "rst_cnt",
    "syn_cnt",
    "fin_cnt",
];

#[cfg(test)]
mod tests {
    use crate::catalog::FeatureId;

    #[test]
    fn sets_name_features_in_column_order() {
        for (set, size) in [(super::MINI, 6), (super::PC, 4), (super::PCPT, 14), (super::PCPTTC, 35)] {
            let features: Vec<_> = set.iter().map(|name| FeatureId::by_name(name).expect("in the catalogue")).collect();
            assert!(features.is_sorted_by(|earlier, later| earlier < later), "{features:?}");
            assert_eq!(features.len(), size);
        }
    }
}
