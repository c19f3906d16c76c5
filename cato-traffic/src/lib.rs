//! Traffic in: captures, flows, labels.
//!
//! [`Inputs`] names the files, [`CaptureReader`] reads one of them frame by frame whatever its container and
//! compression, [`FlowRecords`] keeps the packets of every flow by the rules of [`cato_runtime::Tracker`], [`Labels`]
//! says what each flow is, and a [`Trace`] holds frames in memory for measuring. [`PcapWriter`] writes captures,
//! [`synth`] makes traffic for those who have none, and [`replay`] plays frames over and over, at a rate. On Linux, `live`
//! captures from an interface.
//!
//! Nothing is passed over in silence: every frame is in a flow or counted under a reason, every file that was read in
//! part or not at all leaves a [`Warning`].

mod capture;
mod error;
mod frames;
mod inputs;
mod labels;
mod output;
mod record;
mod seal;
mod storage;
#[cfg(test)]
mod testing;
mod trace;

#[cfg(target_os = "linux")]
pub mod live;
pub mod replay;
pub mod synth;

pub use capture::{CaptureReader, PcapOptions, PcapWriter, TimeUnit};
pub use error::{Error, Layer, Warning};
pub use frames::FrameBuffer;
pub use inputs::{Input, Inputs};
pub use labels::{LabelSource, Labels};
pub use output::NewFile;
pub use record::{Counts, Flow, FlowRecords, Mac, PacketFields, RecordOptions, Recorder};
pub use storage::{BoundedStorage, GrowingStorage};
pub use trace::{LeftOut, Trace, TraceFrames, TraceOptions};
