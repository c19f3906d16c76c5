//! A sender of frames at a set rate.

use std::io::{self, IoSlice};
use std::time::{Duration, Instant};

use rustix::net::netdevice::name_to_index;
use rustix::net::{MMsgHdr, SendAncillaryBuffer, SendFlags, sendmmsg};
use socket2::{Domain, SockAddr, Socket, Type};

/// Frames handed to the kernel by one call.
const TOGETHER: usize = 64;

/// Sends whole Ethernet frames by an interface of the namespace in which it was opened.
#[derive(Debug)]
pub struct Sender {
    socket: Socket,
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

    /// Sends `frames` in order, `rate` of them a second, or as fast as it goes; how long that took.
    ///
    /// # Errors
    /// Those of the system, but not that its queues are full: then it is tried again, as no frame may be lost here.
    pub fn send<'a>(&self, frames: impl IntoIterator<Item = &'a [u8]>, rate: Option<f64>) -> io::Result<Duration> {
        let started = Instant::now();
        let mut frames = frames.into_iter();
        let mut sent: u64 = 0;
        loop {
            let due = match rate {
                Some(rate) => {
                    // As many as are due by now; the busy wait keeps the gaps even.
                    let due = (started.elapsed().as_secs_f64() * rate) as u64;
                    match due.saturating_sub(sent) {
                        0 => {
                            std::hint::spin_loop();
                            continue;
                        }
                        due => due.min(TOGETHER as u64) as usize,
                    }
                }
                None => TOGETHER,
            };
            let slices: Vec<[IoSlice<'_>; 1]> = frames.by_ref().take(due).map(|frame| [IoSlice::new(frame)]).collect();
            if slices.is_empty() {
                return Ok(started.elapsed());
            }
            self.send_all(&slices)?;
            sent += slices.len() as u64;
        }
    }

    fn send_all(&self, slices: &[[IoSlice<'_>; 1]]) -> io::Result<()> {
        let mut nothing: Vec<_> = slices.iter().map(|_| SendAncillaryBuffer::default()).collect();
        let mut messages: Vec<_> =
            slices.iter().zip(&mut nothing).map(|(slice, nothing)| MMsgHdr::new(slice, nothing)).collect();
        let mut rest = messages.as_mut_slice();
        while !rest.is_empty() {
            match sendmmsg(&self.socket, rest, SendFlags::empty()) {
                Ok(sent) => rest = rest.get_mut(sent..).unwrap_or(&mut []),
                Err(rustix::io::Errno::NOBUFS | rustix::io::Errno::AGAIN | rustix::io::Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
}
