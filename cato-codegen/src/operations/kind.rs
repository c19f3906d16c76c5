//! Sorts of operations, and how often each is reached.

/// How often an operation is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// With each packet of the flow up to the inference point.
    EachPacket,
    /// With each of these that the source sent.
    SourcePacket,
    /// With each of these that the destination sent.
    DestinationPacket,
    /// Once, at the flow's start or at the inference point.
    Flow,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 4] = [Self::EachPacket, Self::SourcePacket, Self::DestinationPacket, Self::Flow];

    /// The scope in a word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::EachPacket => "packet",
            Self::SourcePacket => "source",
            Self::DestinationPacket => "destination",
            Self::Flow => "flow",
        }
    }

    /// How often it is reached in a flow of so many packets from either end; means over flows give means.
    #[must_use]
    pub const fn reached(self, source_packets: f64, destination_packets: f64) -> f64 {
        match self {
            Self::EachPacket => source_packets + destination_packets,
            Self::SourcePacket => source_packets,
            Self::DestinationPacket => destination_packets,
            Self::Flow => 1.0,
        }
    }
}

macro_rules! kinds {
    ($($(#[doc = $documentation:literal])+ $kind:ident = $name:literal,)+) => {
        /// A sort of operation. Operations of one kind take about the same time.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum Kind {
            $($(#[doc = $documentation])+ $kind,)+
        }

        impl Kind {
            /// Every kind: what packets do first, then what is done once in a flow.
            pub const ALL: &'static [Self] = &[$(Self::$kind),+];

            /// Its name, which does not change from version to version.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$kind => $name,)+
                }
            }

            /// The kind of that name.
            #[must_use]
            pub fn by_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|kind| kind.name() == name)
            }
        }
    };
}

kinds! {
    /// Branches on the direction of a packet.
    Direction = "direction",
    /// Reads a packet's time.
    ReadTime = "read_time",
    /// Reads its IP length.
    ReadBytes = "read_bytes",
    /// Reads its time to live.
    ReadTtl = "read_ttl",
    /// Reads its TCP window.
    ReadWinsize = "read_winsize",
    /// Reads its TCP flags.
    ReadFlags = "read_flags",
    /// Counts it.
    CountPacket = "count_packet",
    /// Looks whether it is the first of its direction.
    TestFirst = "test_first",
    /// Subtracts the time of the one before it.
    Gap = "gap",
    /// Keeps its time.
    StoreTime = "store_time",
    /// Keeps the transport protocol.
    StoreProtocol = "store_protocol",
    /// Keeps a port.
    StorePort = "store_port",
    /// Counts one TCP flag.
    CountFlag = "count_flag",
    /// Counts all eight TCP flags with one addition.
    CountFlags = "count_flags",
    /// Watches for the second step of the handshake.
    WatchSynAck = "watch_syn_ack",
    /// Watches for the third.
    WatchAck = "watch_ack",
    /// Adds a value to a sum.
    Add = "add",
    /// Adds its square.
    AddSquare = "add_square",
    /// Adds its square to a sum of 128 bits.
    AddSquareWide = "add_square_wide",
    /// Compares a value with the smallest.
    Min = "min",
    /// Compares it with the largest.
    Max = "max",
    /// Puts a value into its place among sorted ones.
    Insert = "insert",
    /// Does so with 64-bit values.
    InsertWide = "insert_wide",
    /// Appends a value to a median's window.
    Append = "append",
    /// Does so with 64-bit values.
    AppendWide = "append_wide",
    /// Copies and compares one value of a window when its middle is selected: at the inference point, but once for each
    /// packet.
    Select = "select",
    /// Does so with 64-bit values.
    SelectWide = "select_wide",
    /// Touches 64 bytes of state.
    StateLine = "state_line",
    /// Sets a field of the state back when a flow starts.
    Reset = "reset",
    /// Looks whether the flow is TCP.
    TestTcp = "test_tcp",
    /// Looks whether a direction has enough packets.
    TestPackets = "test_packets",
    /// Looks whether time has passed.
    TestTime = "test_time",
    /// Converts an integer of up to 32 bits.
    Convert = "convert",
    /// Converts one of 64 bits.
    ConvertWord = "convert_word",
    /// Divides two integers.
    Divide = "divide",
    /// Divides bits by seconds.
    Load = "load",
    /// Takes the standard deviation of sums of up to 64 bits.
    Deviation = "deviation",
    /// Takes it of sums of up to 128 bits.
    DeviationWide = "deviation_wide",
    /// Reads the middle of sorted values off.
    SortedMedian = "sorted_median",
    /// Starts the selection of a window's middle.
    WindowMedian = "window_median",
    /// Does so with 64-bit values.
    WindowMedianWide = "window_median_wide",
    /// Subtracts the time of the source's first packet from that of the SYN-ACK.
    SynAckDelay = "syn_ack_delay",
    /// Subtracts the time of the SYN-ACK from that of the ACK.
    AckDelay = "ack_delay",
}
