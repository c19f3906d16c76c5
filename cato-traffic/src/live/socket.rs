//! Opening packet sockets, and the order in which that has to happen.

use std::io;

use cato_runtime::LinkType;
use rustix::net::netdevice::name_to_index;
use socket2::{Domain, SockFilter, Socket, Type};

use super::kernel::{Ring, get_option, hardware_type, interface_address, set_option};
use super::options::Shape;
use super::{LiveError, LiveOptions, block};

/// A socket that is bound to its interface and lets no packet pass yet.
pub(super) struct Opened {
    pub(super) socket: Socket,
    pub(super) ring: Ring,
    pub(super) link: LinkType,
    /// Number of the interface.
    pub(super) index: u32,
}

/// Opens a packet socket with its ring. Until [`admit`] it lets no packet pass, so that sockets that are to share the
/// packets of an interface begin together.
pub(super) fn open(options: &LiveOptions, shape: Shape) -> Result<Opened, LiveError> {
    let interface = || options.interface.clone();
    // Without a protocol the socket receives nothing before it is bound.
    let socket = Socket::new_raw(Domain::PACKET, Type::RAW, None).map_err(|error| match error.raw_os_error() {
        Some(libc::EPERM | libc::EACCES) => {
            LiveError::NotPermitted { program: std::env::current_exe().unwrap_or_else(|_| "cato".into()) }
        }
        _ => LiveError::System { what: "a packet socket", source: error },
    })?;
    let index =
        name_to_index(&socket, &options.interface).map_err(|_| LiveError::NoInterface { interface: interface() })?;
    let number = i32::try_from(index).map_err(|_| LiveError::NoInterface { interface: interface() })?;

    let set = |name, value: libc::c_int, what| set_option(&socket, name, value).map_err(LiveError::system(what));
    set(libc::PACKET_VERSION, libc::tpacket_versions::TPACKET_V3 as libc::c_int, "TPACKET_V3")?;
    set(libc::PACKET_RESERVE, block::TAG as libc::c_int, "PACKET_RESERVE")?;
    if options.hardware_time {
        set(libc::PACKET_TIMESTAMP, libc::SOF_TIMESTAMPING_RAW_HARDWARE as libc::c_int, "PACKET_TIMESTAMP")?;
    }
    let request = libc::tpacket_req3 {
        tp_block_size: shape.block as u32,
        tp_block_nr: shape.blocks as u32,
        // Frames have no fixed size in this version, but the numbers have to fit.
        tp_frame_size: 2048,
        tp_frame_nr: (shape.block / 2048 * shape.blocks) as u32,
        tp_retire_blk_tov: shape.timeout_ms,
        tp_sizeof_priv: 0,
        tp_feature_req_word: 0,
    };
    set_option(&socket, libc::PACKET_RX_RING, request).map_err(LiveError::system("a ring of that size"))?;
    let ring = Ring::map(&socket, shape.block, shape.blocks).map_err(LiveError::system("mapping the ring"))?;

    filter(&socket, 0)?;
    interface_address(number).and_then(|address| socket.bind(&address)).map_err(LiveError::system("binding"))?;
    // The kernel binds to an interface that is down, and leaves the error behind.
    match socket.take_error().map_err(LiveError::system("SO_ERROR"))? {
        Some(error) if is_down(&error) => return Err(LiveError::Down { interface: interface() }),
        Some(error) => return Err(LiveError::System { what: "binding", source: error }),
        None => {}
    }
    let address = socket.local_addr().map_err(LiveError::system("getsockname"))?;
    let hardware_type = hardware_type(&address).unwrap_or(libc::ARPHRD_VOID);
    let link = link_type(hardware_type).ok_or_else(|| LiveError::LinkType { interface: interface(), hardware_type })?;
    if hardware_type == libc::ARPHRD_LOOPBACK {
        // Every packet passes by twice there, on its way out and on its way in.
        let set = |name, value: libc::c_int, what| set_option(&socket, name, value).map_err(LiveError::system(what));
        set(libc::PACKET_IGNORE_OUTGOING, 1, "PACKET_IGNORE_OUTGOING")?;
    }
    if options.promiscuous {
        let membership = libc::packet_mreq {
            mr_ifindex: number,
            mr_type: libc::PACKET_MR_PROMISC as u16,
            mr_alen: 0,
            mr_address: [0; 8],
        };
        set_option(&socket, libc::PACKET_ADD_MEMBERSHIP, membership).map_err(LiveError::system("promiscuous mode"))?;
    }
    Ok(Opened { socket, ring, link, index })
}

/// Lets packets of an interface be shared by these sockets, by a hash of their flow that is the same for both directions.
pub(super) fn share(sources: &[Opened], defragment: bool) -> Result<(), LiveError> {
    let failed = || LiveError::system::<io::Error>("PACKET_FANOUT");
    let mut flags = libc::PACKET_FANOUT_HASH;
    if defragment {
        flags |= libc::PACKET_FANOUT_FLAG_DEFRAG;
    }
    let Some((first, others)) = sources.split_first() else { return Ok(()) };
    // The first one gets a number that no other group has, not even one of another process, and the others join it.
    let unique = (flags | libc::PACKET_FANOUT_FLAG_UNIQUEID) << 16;
    set_option(&first.socket, libc::PACKET_FANOUT, unique as libc::c_int).map_err(failed())?;
    let group: libc::c_int = get_option(&first.socket, libc::PACKET_FANOUT, 0).map_err(failed())?;
    let joined = (group as u32 & 0xffff) | flags << 16;
    for other in others {
        set_option(&other.socket, libc::PACKET_FANOUT, joined as libc::c_int).map_err(failed())?;
    }
    Ok(())
}

/// Lets packets pass, the first `snap_length` bytes of each.
pub(super) fn admit(socket: &Socket, snap_length: u32) -> Result<(), LiveError> {
    filter(socket, snap_length)
}

/// Whether that is what the kernel says of an interface that is, or goes, down.
pub(super) fn is_down(error: &io::Error) -> bool {
    error.raw_os_error() == Some(libc::ENETDOWN)
}

/// A filter of one instruction: keep that many bytes.
fn filter(socket: &Socket, bytes: u32) -> Result<(), LiveError> {
    let keep = SockFilter::new((libc::BPF_RET | libc::BPF_K) as u16, 0, 0, bytes);
    socket.attach_filter(&[keep]).map_err(LiveError::system("SO_ATTACH_FILTER"))
}

/// `ARPHRD_RAWIP`, that of cellular modems.
const HARDWARE_RAW_IP: u16 = 519;

/// How frames of interfaces of that hardware type begin.
fn link_type(hardware_type: u16) -> Option<LinkType> {
    match hardware_type {
        libc::ARPHRD_ETHER | libc::ARPHRD_LOOPBACK => Some(LinkType::Ethernet),
        libc::ARPHRD_NONE | HARDWARE_RAW_IP | libc::ARPHRD_TUNNEL | libc::ARPHRD_TUNNEL6 | libc::ARPHRD_SIT => {
            Some(LinkType::RawIp)
        }
        _ => None,
    }
}
