//! The reference pipelines, compiled in.

use cato_macros::cato_pipeline;

/// One feature set at the four reference depths.
macro_rules! at_each_depth {
    ($set:ident, $doc:literal, [$($feature:literal),* $(,)?]) => {
        #[doc = $doc]
        pub mod $set {
            use super::cato_pipeline;

            /// After 3 packets.
            #[cato_pipeline(depth = 3, features = [$($feature),*])]
            pub struct Depth3;
            /// After 10 packets.
            #[cato_pipeline(depth = 10, features = [$($feature),*])]
            pub struct Depth10;
            /// After 50 packets.
            #[cato_pipeline(depth = 50, features = [$($feature),*])]
            pub struct Depth50;
            /// At the end of the flow.
            #[cato_pipeline(depth = "all", features = [$($feature),*])]
            pub struct DepthAll;
        }
    };
}

at_each_depth!(
    mini,
    "CATO's six features.",
    ["dur", "s_load", "s_pkt_cnt", "s_iat_mean", "s_bytes_sum", "s_bytes_mean"]
);

at_each_depth!(pc, "Traffic Refinery's packet counters.", ["s_pkt_cnt", "d_pkt_cnt", "s_bytes_sum", "d_bytes_sum"]);

at_each_depth!(
    pcpt,
    "Packet counters and packet times.",
    [
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
    ]
);

at_each_depth!(
    pcpttc,
    "Packet counters, packet times and TCP counters.",
    [
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
    ]
);

at_each_depth!(
    all,
    "All 67 features.",
    [
        "dur",
        "proto",
        "s_port",
        "d_port",
        "s_load",
        "d_load",
        "s_pkt_cnt",
        "d_pkt_cnt",
        "s_iat_mean",
        "d_iat_mean",
        "tcp_rtt",
        "syn_ack",
        "ack_dat",
        "s_bytes_sum",
        "d_bytes_sum",
        "s_bytes_mean",
        "d_bytes_mean",
        "s_bytes_min",
        "d_bytes_min",
        "s_bytes_max",
        "d_bytes_max",
        "s_bytes_med",
        "d_bytes_med",
        "s_bytes_std",
        "d_bytes_std",
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
        "s_ttl_sum",
        "d_ttl_sum",
        "s_ttl_mean",
        "d_ttl_mean",
        "s_ttl_min",
        "d_ttl_min",
        "s_ttl_max",
        "d_ttl_max",
        "s_ttl_med",
        "d_ttl_med",
        "s_ttl_std",
        "d_ttl_std",
        "cwr_cnt",
        "ece_cnt",
        "urg_cnt",
        "ack_cnt",
        "psh_cnt",
        "rst_cnt",
        "syn_cnt",
        "fin_cnt",
    ]
);

#[cfg(test)]
mod tests {
    use cato_codegen::catalog::FeatureId;
    use cato_runtime::Pipeline;

    use crate::reference;

    #[test]
    fn compiled_sets_are_the_reference_sets() {
        let compiled = [
            super::mini::Depth3::FEATURES,
            super::pc::Depth10::FEATURES,
            super::pcpt::Depth50::FEATURES,
            super::pcpttc::DepthAll::FEATURES,
            super::all::Depth10::FEATURES,
        ];
        for ((name, set), features) in reference::sets().into_iter().zip(compiled) {
            let names: Vec<_> = set.into_iter().map(FeatureId::name).collect();
            assert_eq!(names, features, "{name}");
        }
    }
}
