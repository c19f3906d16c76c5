// Made by cato 0.1.0 from spec.toml (blake3 249bdd1c426704fe) and
// model.json (blake3 80fb174aaac92125); do not edit.

//! From frames to verdicts, for C: decoding, flow table and pipeline in memory that the caller provides.

use core::alloc::Layout;
use core::ffi::c_void;
use core::slice;

use super::super::Classifier;
use super::super::rt::{self, Bucket, Entry, FixedStorage, FlowSettings, Pipeline, StaticPipeline};
use super::{Counters, FEATURES, Flow, Frame, Kept, Settings, Sink, Status, usable, values};

/// The largest number of flows that a driver can have room for.
pub const MAX_FLOWS: usize = 1073741824;

/// Decodes frames, follows flows and asks the pipeline. It lives in memory that you provide, and is gone when you take
/// that memory back. Flows leave it when they have been idle for longer than their time-out; where there is no room for
/// a new one, the oldest flow of one packet leaves, or else the one that was idle for longest. A driver is used by one thread at a time; any number of drivers may work side by side. Drivers, and
/// all that is declared for them, are in libraries that were built with the feature `parse` beside `capi`.
pub struct Driver {
    mark: u32,
    busy: bool,
    features: bool,
    flows: Flows,
}

/// cbindgen:ignore
type States = StaticPipeline<Classifier, &'static mut [Kept]>;
/// cbindgen:ignore
type Flows = rt::Driver<States, FixedStorage<'static>>;

/// How many bytes a driver with room for so many flows takes; 0 where that is none, more than `DEMO_RANDOM_FOREST_MAX_FLOWS`, or
/// more than the machine can address. A driver's memory is aligned to `demo_random_forest_driver_align`.
#[unsafe(no_mangle)]
pub extern "C" fn demo_random_forest_driver_bytes(flows: usize) -> usize {
    Plan::new(flows).map_or(0, |plan| plan.layout.size())
}

/// Alignment of a driver's memory in bytes.
#[unsafe(no_mangle)]
pub extern "C" fn demo_random_forest_driver_align() -> usize {
    Plan::new(1).map_or(align_of::<Driver>(), |plan| plan.layout.align())
}

/// Makes a driver with room for `flows` flows in `memory`, `bytes` long, and puts where it is into `driver`. Null for
/// `settings` means the default ones.
///
/// Answers `NULL` or `MISALIGNED` where a pointer is, `RANGE` where no driver has room for so many flows, and `ROOM`
/// where there is less memory than `demo_random_forest_driver_bytes` says.
///
/// # Safety
/// `memory` leads to `bytes` bytes that nothing but the driver uses until its last call; `settings` is null or leads to
/// settings, and `driver` to a pointer that may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn demo_random_forest_driver_init(
    memory: *mut c_void,
    bytes: usize,
    flows: usize,
    settings: *const Settings,
    driver: *mut *mut Driver,
) -> Status {
    let memory = memory.cast::<u8>();
    let Some(plan) = Plan::new(flows) else { return Status::Range };
    let usable = usable(memory).and_then(|()| usable(driver));
    if let Err(status) = if settings.is_null() { usable } else { usable.and_then(|()| super::usable(settings)) } {
        return status;
    }
    if !memory.addr().is_multiple_of(plan.layout.align()) {
        return Status::Misaligned;
    }
    if bytes < plan.layout.size() {
        return Status::Room;
    }
    let settings = if settings.is_null() {
        super::demo_random_forest_default_settings()
    } else {
        // SAFETY: the pointer is aligned, and the caller promises settings.
        unsafe { settings.read() }
    };
    // SAFETY: the memory is the driver's alone by the caller's promise, aligned, and as long as the plan; the plan's
    // parts lie within it, aligned and apart from each other.
    let (buckets, entries, states) = unsafe {
        (
            filled(memory.add(plan.buckets_at), plan.buckets, Bucket::default()),
            filled(memory.add(plan.entries_at), flows, Entry::VACANT),
            filled(memory.add(plan.states_at), flows, Classifier::start()),
        )
    };
    let rules = FlowSettings {
        require_syn: settings.require_syn != 0,
        tcp_timeout_ns: settings.tcp_timeout_ns,
        udp_timeout_ns: settings.udp_timeout_ns,
    };
    let Some(storage) = FixedStorage::checked(buckets, entries) else { return Status::Range };
    let followed = rt::Driver::new(StaticPipeline::new(states), rules, storage);
    let followed = if settings.secret == [0; 2] { followed } else { followed.keyed(settings.secret) };
    let features = settings.features != 0;
    let made = Driver {
        mark: MARK,
        busy: false,
        features,
        flows: if features { followed.stepwise() } else { followed },
    };
    // SAFETY: as above, the driver's own place is at the beginning of the memory; the caller promises that `driver` may
    // be written, and it is aligned.
    unsafe {
        memory.cast::<Driver>().write(made);
        driver.write(memory.cast());
    }
    Status::Ok
}

/// Takes frames in the order of their arrival. `sink` is given each flow whose verdict falls due, with `user`, in that
/// order, and before the function returns.
///
/// Answers `NULL` or `MISALIGNED` where a pointer is, a frame's data among them, `RANGE` where there are more frames or
/// bytes than fit into memory, `NO_DRIVER` where the memory holds none, and `BUSY` where it is a sink that calls; no
/// frame has been taken then.
///
/// # Safety
/// `driver` leads to a driver that nothing else uses during the call, `frames` to `count` frames and the `data` of each
/// to `captured` bytes, and `sink` may be called with `user`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn demo_random_forest_driver_run(
    driver: *mut Driver,
    frames: *const Frame,
    count: usize,
    sink: Sink,
    user: *mut c_void,
) -> Status {
    // SAFETY: as the caller promises.
    let checked = unsafe { values(frames, count) }.and_then(|frames| {
        // SAFETY: as the caller promises.
        frames.iter().try_for_each(|frame| unsafe { frame.read() }.map(drop)).map(|()| frames)
    });
    let frames = match checked {
        Ok(frames) => frames,
        Err(status) => return status,
    };
    // SAFETY: as the caller promises.
    unsafe {
        work(driver, sink, user, |flows, to| {
            for batch in frames.chunks(rt::BATCH) {
                let mut read = [NO_FRAME; rt::BATCH];
                for (place, frame) in read.iter_mut().zip(batch) {
                    *place = frame.read().unwrap_or(NO_FRAME);
                }
                flows.run(read.get(..batch.len()).unwrap_or(&[]), |flow, states| to.deliver(flow, states));
            }
        })
    }
}

/// Lets flows end by time where no packet comes: those that have been idle for longer than their time-out at `now_ns`, in
/// the time of the frames, get their verdict. Frames do the same with their own times.
///
/// Answers as `demo_random_forest_driver_run` does.
///
/// # Safety
/// `driver` leads to a driver that nothing else uses during the call, and `sink` may be called with `user`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn demo_random_forest_driver_advance(
    driver: *mut Driver,
    now_ns: u64,
    sink: Sink,
    user: *mut c_void,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe { work(driver, sink, user, |flows, to| flows.advance_to(now_ns, |flow, states| to.deliver(flow, states))) }
}

/// Ends the input: every open flow gets its verdict, and all flows are forgotten. Counters go on.
///
/// Answers as `demo_random_forest_driver_run` does.
///
/// # Safety
/// `driver` leads to a driver that nothing else uses during the call, and `sink` may be called with `user`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn demo_random_forest_driver_end_input(
    driver: *mut Driver,
    sink: Sink,
    user: *mut c_void,
) -> Status {
    // SAFETY: as the caller promises.
    unsafe { work(driver, sink, user, |flows, to| flows.end_input(|flow, states| to.deliver(flow, states))) }
}

/// Says what became of every packet up to now.
///
/// Answers `NULL` or `MISALIGNED` where a pointer is, `NO_DRIVER` where the memory holds none, and `BUSY` where it is a
/// sink that calls.
///
/// # Safety
/// `driver` leads to a driver that nothing else uses during the call, `counters` to ones that may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn demo_random_forest_driver_counters(driver: *const Driver, counters: *mut Counters) -> Status {
    // SAFETY: the caller promises a driver.
    if let Err(status) = unsafe { idle(driver) }.and_then(|()| usable(counters)) {
        return status;
    }
    // SAFETY: the driver is idle, so nothing else refers to its flows.
    let flows = unsafe { &(*driver).flows };
    let said = Counters {
        packets: flows.packets(),
        flows: flows.flows(),
        classified: flows.classified(),
        absorbed: flows.absorbed(),
        skipped: rt::Skip::ALL.map(|reason| flows.skipped(reason)),
        evicted_flows: rt::Eviction::ALL.map(|reason| flows.evicted(reason).flows),
        evicted_packets: rt::Eviction::ALL.map(|reason| flows.evicted(reason).packets),
    };
    // SAFETY: the pointer is aligned, and the caller promises counters that may be written.
    unsafe { counters.write(said) };
    Status::Ok
}

/// What a driver's memory begins with, so that other memory is told apart.
const MARK: u32 = u32::from_be_bytes(*b"cato");

const NO_FRAME: rt::Frame<'_> = rt::Frame { link: None, wire_len: 0, time_ns: 0, data: &[] };

/// How a driver's memory is parted.
struct Plan {
    layout: Layout,
    buckets: usize,
    buckets_at: usize,
    entries_at: usize,
    states_at: usize,
}

impl Plan {
    /// The plan of a driver with room for so many flows.
    fn new(flows: usize) -> Option<Self> {
        if !(1..=MAX_FLOWS).contains(&flows) {
            return None;
        }
        let buckets = flows.checked_mul(2)?.checked_next_power_of_two()?;
        let (layout, buckets_at) = Layout::new::<Driver>().extend(Layout::array::<Bucket>(buckets).ok()?).ok()?;
        let (layout, entries_at) = layout.extend(Layout::array::<Entry>(flows).ok()?).ok()?;
        let (layout, states_at) = layout.extend(Layout::array::<Kept>(flows).ok()?).ok()?;
        Some(Self { layout: layout.pad_to_align(), buckets, buckets_at, entries_at, states_at })
    }
}

/// Writes `len` values one after the other.
///
/// # Safety
/// `place` leads to aligned room for as many, which nothing else uses as long as the result is in use.
unsafe fn filled<T: Copy>(place: *mut u8, len: usize, value: T) -> &'static mut [T] {
    let first = place.cast::<T>();
    for number in 0..len {
        // SAFETY: within the room that the caller promises.
        unsafe { first.add(number).write(value) };
    }
    // SAFETY: all values have just been written, and the room is exclusive by the caller's promise.
    unsafe { slice::from_raw_parts_mut(first, len) }
}

/// Whether there is a driver behind the pointer, and not one at work.
///
/// # Safety
/// The pointer is null, misaligned, or leads to memory of a driver's size.
unsafe fn idle(driver: *const Driver) -> Result<(), Status> {
    usable(driver)?;
    // SAFETY: the pointer is aligned, and the caller promises as much memory. Fields are read one by one: a driver at
    // work has its flows borrowed, and only its flows.
    let (mark, busy) = unsafe { ((&raw const (*driver).mark).read(), (&raw const (*driver).busy).cast::<u8>().read()) };
    match (mark, busy) {
        (MARK, 0) => Ok(()),
        (MARK, _) => Err(Status::Busy),
        _ => Err(Status::NoDriver),
    }
}

/// Performs `task` on the driver's flows, with what delivers them to the sink.
///
/// # Safety
/// `driver` leads to a driver that nothing else uses during the call, and `sink` may be called with `user`.
unsafe fn work(
    driver: *mut Driver,
    sink: Sink,
    user: *mut c_void,
    task: impl FnOnce(&mut Flows, Delivery),
) -> Status {
    let Some(sink) = sink else { return Status::Null };
    // SAFETY: the caller promises a driver.
    if let Err(status) = unsafe { idle(driver) } {
        return status;
    }
    // SAFETY: the driver is idle, so nothing else refers to its fields, and what a sink calls meanwhile looks at the
    // mark and at `busy` only; these are not borrowed.
    let (features, flows) = unsafe {
        (&raw mut (*driver).busy).write(true);
        ((*driver).features, &mut (*driver).flows)
    };
    task(flows, Delivery { sink, user, features });
    // SAFETY: as above.
    unsafe { (&raw mut (*driver).busy).write(false) };
    Status::Ok
}

/// The way to a sink that may be called with its pointer.
#[derive(Clone, Copy)]
struct Delivery {
    sink: unsafe extern "C" fn(*const Flow, *mut c_void),
    user: *mut c_void,
    features: bool,
}

impl Delivery {
    fn deliver(self, finished: &rt::Finished<'_>, states: &States) {
        let mut values = [0.0; FEATURES];
        let mut flow = Flow::from(finished);
        if self.features {
            rt::BatchPipeline::features(states, finished.slot, &mut values);
            flow.features = values.as_ptr();
        }
        // SAFETY: whoever made the delivery had the promise that the sink may be called; flow and values are locals.
        unsafe { (self.sink)(&flow, self.user) };
    }
}
