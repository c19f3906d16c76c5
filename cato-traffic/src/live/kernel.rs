//! The boundary to the kernel: socket options whose values are structs, addresses, and the mapped ring.

use std::io;
use std::os::fd::{AsFd, AsRawFd as _};
use std::ptr::{NonNull, null_mut};
use std::sync::atomic::{AtomicU32, Ordering};

use rustix::mm::{MapFlags, ProtFlags, mmap, munmap};
use socket2::{SockAddr, Socket};

/// A value of a socket option at level `SOL_PACKET`.
///
/// # Safety
/// Plain integers without padding, so that any bytes are a value and all of its bytes may be read.
pub(super) unsafe trait OptionValue: Copy {}

// SAFETY: an integer.
unsafe impl OptionValue for libc::c_int {}
// SAFETY: seven integers of one size.
unsafe impl OptionValue for libc::tpacket_req3 {}
// SAFETY: three integers of one size.
unsafe impl OptionValue for libc::tpacket_stats_v3 {}
// SAFETY: an integer of four bytes, two of two, eight of one.
unsafe impl OptionValue for libc::packet_mreq {}

/// Sets an option of a packet socket.
pub(super) fn set_option<T: OptionValue>(socket: &Socket, name: libc::c_int, value: T) -> io::Result<()> {
    let len = size_of::<T>() as libc::socklen_t;
    // SAFETY: the kernel reads `len` bytes, which are those of `value`; the socket is open.
    let result =
        unsafe { libc::setsockopt(socket.as_raw_fd(), libc::SOL_PACKET, name, (&raw const value).cast(), len) };
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// Reads an option of a packet socket; what the kernel leaves unwritten is as in `value`.
pub(super) fn get_option<T: OptionValue>(socket: &Socket, name: libc::c_int, mut value: T) -> io::Result<T> {
    let mut len = size_of::<T>() as libc::socklen_t;
    // SAFETY: the kernel writes at most `len` bytes, which are those of `value`, and any bytes are a value.
    let result =
        unsafe { libc::getsockopt(socket.as_raw_fd(), libc::SOL_PACKET, name, (&raw mut value).cast(), &raw mut len) };
    if result == 0 { Ok(value) } else { Err(io::Error::last_os_error()) }
}

/// The address by which a packet socket is bound to all protocols of an interface.
pub(super) fn interface_address(index: i32) -> io::Result<SockAddr> {
    // SAFETY: the storage is large enough and aligned for every kind of address, all of its bytes are initialised to 0,
    // which is a `sockaddr_ll`, and the length is that of a `sockaddr_ll`.
    let ((), address) = unsafe {
        SockAddr::try_init(|storage, len| {
            let address = storage.cast::<libc::sockaddr_ll>();
            (*address).sll_family = libc::AF_PACKET as u16;
            (*address).sll_protocol = (libc::ETH_P_ALL as u16).to_be();
            (*address).sll_ifindex = index;
            *len = size_of::<libc::sockaddr_ll>() as libc::socklen_t;
            Ok(())
        })
    }?;
    Ok(address)
}

/// The hardware type (`ARPHRD`) in the address of a bound packet socket.
pub(super) fn hardware_type(address: &SockAddr) -> Option<u16> {
    let whole = address.len() as usize >= std::mem::offset_of!(libc::sockaddr_ll, sll_addr);
    if !whole || i32::from(address.family()) != libc::AF_PACKET {
        return None;
    }
    // SAFETY: the address is of this family, its storage is larger than a `sockaddr_ll` and aligned for it, and any bytes
    // are one.
    Some(unsafe { (*address.as_ptr().cast::<libc::sockaddr_ll>()).sll_hatype })
}

/// Blocks of memory that the kernel fills and this process reads in turn.
///
/// A word in each block says whose it is. The kernel writes to a block only while that is `TP_STATUS_KERNEL`; here it is
/// touched only while it is `TP_STATUS_USER`.
#[derive(Debug)]
pub(super) struct Ring {
    start: NonNull<u8>,
    block: usize,
    blocks: usize,
}

// SAFETY: the mapping belongs to this value alone and is not bound to a thread.
unsafe impl Send for Ring {}

impl Ring {
    const STATUS: usize =
        std::mem::offset_of!(libc::tpacket_block_desc, hdr) + std::mem::offset_of!(libc::tpacket_hdr_v1, block_status);

    /// Maps the ring that `socket` was given: `blocks` blocks of `block` bytes.
    pub(super) fn map(socket: impl AsFd, block: usize, blocks: usize) -> io::Result<Self> {
        let len = block.checked_mul(blocks).filter(|_| block >= 4096).ok_or(io::ErrorKind::InvalidInput)?;
        // SAFETY: a new mapping at a place that the kernel chooses overlaps nothing; it is unmapped when this is dropped,
        // and whoever gets a slice of it borrows this.
        let start = unsafe { mmap(null_mut(), len, ProtFlags::READ | ProtFlags::WRITE, MapFlags::SHARED, socket, 0) }?;
        let start = NonNull::new(start.cast()).ok_or(io::ErrorKind::OutOfMemory)?;
        Ok(Self { start, block, blocks })
    }

    /// Number of blocks.
    pub(super) fn blocks(&self) -> usize {
        self.blocks
    }

    /// Whether the kernel has handed over the block of that number.
    pub(super) fn is_ready(&self, number: usize) -> bool {
        self.status(number).is_some_and(|status| status.load(Ordering::Acquire) & libc::TP_STATUS_USER != 0)
    }

    /// The block of that number, where the kernel has handed it over.
    pub(super) fn ready(&mut self, number: usize) -> Option<&mut [u8]> {
        if !self.is_ready(number) {
            return None;
        }
        // SAFETY: the block lies within the mapping, since `status` was there, and is memory that was initialised by the
        // kernel. While its status is `TP_STATUS_USER`, which was read with acquire ordering, the kernel does not touch it;
        // only `give_back` changes that, and needs this borrow to have ended. No other slice of it can be alive, since
        // this borrows the ring mutably.
        Some(unsafe { std::slice::from_raw_parts_mut(self.start.as_ptr().add(number * self.block), self.block) })
    }

    /// Gives a block back to the kernel.
    pub(super) fn give_back(&mut self, number: usize) {
        if let Some(status) = self.status(number) {
            status.store(libc::TP_STATUS_KERNEL, Ordering::Release);
        }
    }

    fn status(&self, number: usize) -> Option<&AtomicU32> {
        if number >= self.blocks {
            return None;
        }
        // SAFETY: the block lies within the mapping and begins at a multiple of the page size, and the offset of the word is
        // a multiple of four, so that it is aligned. This process touches the word by atomic operations only, or through
        // the slice that `ready` gives, which borrows the ring mutably and so not together with this.
        Some(unsafe { AtomicU32::from_ptr(self.start.as_ptr().add(number * self.block + Self::STATUS).cast()) })
    }
}

impl Drop for Ring {
    fn drop(&mut self) {
        // SAFETY: this is the mapping that `map` made, with its length; no slice of it outlives this value.
        let unmapped = unsafe { munmap(self.start.as_ptr().cast(), self.block * self.blocks) };
        debug_assert!(unmapped.is_ok());
    }
}
