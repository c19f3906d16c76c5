//! How many packets a second programs capture without loss, measured on a pair of virtual Ethernet interfaces.
//!
//! `benches/veth/run.sh` calls it; `benches/veth/README.md` says what is measured.

#[cfg(target_os = "linux")]
mod measure;
#[cfg(target_os = "linux")]
mod receiver;

#[cfg(target_os = "linux")]
fn main() -> anyhow::Result<()> {
    measure::run()
}

#[cfg(not(target_os = "linux"))]
fn main() {
    println!("there are no network namespaces on this system");
}
