//! This crate's own source as data.

/// Path below `src/` and text of every file of this crate, in order of path.
pub const SOURCE: &[(&str, &str)] = &[
    ("abi.rs", include_str!("abi.rs")),
    ("accumulate.rs", include_str!("accumulate.rs")),
    ("ageing.rs", include_str!("ageing.rs")),
    ("batch.rs", include_str!("batch.rs")),
    ("decode.rs", include_str!("decode.rs")),
    ("decoded.rs", include_str!("decoded.rs")),
    ("driver.rs", include_str!("driver.rs")),
    ("entry.rs", include_str!("entry.rs")),
    ("items.rs", include_str!("items.rs")),
    ("key.rs", include_str!("key.rs")),
    ("lib.rs", include_str!("lib.rs")),
    ("link.rs", include_str!("link.rs")),
    ("math.rs", include_str!("math.rs")),
    ("packet.rs", include_str!("packet.rs")),
    ("pipeline.rs", include_str!("pipeline.rs")),
    ("plain.rs", include_str!("plain.rs")),
    ("select.rs", include_str!("select.rs")),
    ("settings.rs", include_str!("settings.rs")),
    ("slots.rs", include_str!("slots.rs")),
    ("source.rs", include_str!("source.rs")),
    ("table.rs", include_str!("table.rs")),
    ("tracker.rs", include_str!("tracker.rs")),
    ("wheel.rs", include_str!("wheel.rs")),
];
