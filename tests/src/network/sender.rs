//! A sender of frames at a set rate.

use std::io::{self, IoSlice};
use std::time::{Duration, Instant};

use cato_traffic::replay::{Batch, Due, Pace, Pacer, Replay};
use rustix::io::Errno;
use rustix::net::netdevice::name_to_index;
use rustix::net::{MMsgHdr, SendAncillaryBuffer, SendFlags, sendmmsg};
use socket2::{Domain, SockAddr, Socket, Type};

/// Sends whole Ethernet frames by an interface of the namespace in which it was opened.
#[derive(Debug)]
pub struct Sender {
    socket: Socket,
}

/// What was sent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sent {
    /// Frames.
    pub frames: u64,
    /// How long that took.
    pub time: Duration,
}

impl Sent {
    /// Frames a second.
    #[must_use]
    pub fn rate(&self) -> f64 {
        self.frames as f64 / self.time.as_secs_f64()
    }
}

impl Sender {
    /// A sender by the interface of that name.
    ///
    /// # Errors
    /// Those of the system.
    pub fn open(interface: &str) -> io::Result<Self> {
        // Without a protocol it receives nothing.
        let socket = Socket::new_raw(Domain::PACKET, Type::RAW, None)?;
        let index = name_to_index(&socket, interface)?;
        // SAFETY: the storage is large enough and aligned for every kind of address, all of its bytes are initialised to 0,
        // which is a `sockaddr_ll`, and the length is that of a `sockaddr_ll`.
        let ((), address) = unsafe {
            SockAddr::try_init(|storage, len| {
                let address = storage.cast::<libc::sockaddr_ll>();
                (*address).sll_family = libc::AF_PACKET as u16;
                (*address).sll_ifindex = index as i32;
                *len = size_of::<libc::sockaddr_ll>() as libc::socklen_t;
                Ok(())
            })
        }?;
        socket.bind(&address)?;
        socket.set_send_buffer_size(8 << 20)?;
        Ok(Self { socket })
    }

    /// Sends `frames` in order, as fast as it goes.
    ///
    /// # Errors
    /// Those of the system, but not that its queues are full: then it is tried again, as no frame may be lost here.
    pub fn send<'a>(&self, frames: impl IntoIterator<Item = &'a [u8]>) -> io::Result<()> {
        let mut frames = frames.into_iter();
        while self.send_some(frames.by_ref().take(Batch::MOST))? > 0 {}
        Ok(())
    }

    /// Sends the next frames of `replay`, so many of them or all there are, at that pace.
    ///
    /// # Errors
    /// Those of [`send`](Self::send).
    pub fn play(&self, replay: &mut Replay, pace: Pace, frames: u64) -> io::Result<Sent> {
        let started = Instant::now();
        let mut pacer = Pacer::start(pace);
        let mut sent = 0;
        while sent < frames {
            let most = usize::try_from(frames - sent).unwrap_or(Batch::MOST).min(Batch::MOST);
            match pacer.due(replay, most) {
                Due::Packets(due) => {
                    let Some(batch) = replay.next_batch(due) else { break };
                    sent += self.send_some(batch.iter().map(|frame| frame.data))? as u64;
                }
                // A sleep would be longer than the gaps.
                Due::In(_) => std::hint::spin_loop(),
                Due::Never => break,
            }
        }
        Ok(Sent { frames: sent, time: started.elapsed() })
    }

    /// Hands a few frames to the kernel by one call, or by more where it takes only some.
    fn send_some<'a>(&self, frames: impl Iterator<Item = &'a [u8]>) -> io::Result<usize> {
        let slices: Vec<_> = frames.map(|frame| [IoSlice::new(frame)]).collect();
        let mut nothing: Vec<_> = slices.iter().map(|_| SendAncillaryBuffer::default()).collect();
        let mut messages: Vec<_> =
            slices.iter().zip(&mut nothing).map(|(slice, nothing)| MMsgHdr::new(slice, nothing)).collect();
        let mut rest = messages.as_mut_slice();
        while !rest.is_empty() {
            match sendmmsg(&self.socket, rest, SendFlags::empty()) {
                Ok(sent) => rest = rest.get_mut(sent..).unwrap_or(&mut []),
                Err(Errno::NOBUFS | Errno::AGAIN | Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(slices.len())
    }
}
