/*
 * Made by cato 0.1.0 from spec.toml (blake3 249bdd1c426704fe) and
 * model.json (blake3 80fb174aaac92125); do not edit.
 */

#ifndef DEMO_RANDOM_FOREST_H
#define DEMO_RANDOM_FOREST_H

#include <stddef.h>
#include <stdint.h>
#if defined(__cplusplus)
#define DEMO_RANDOM_FOREST_ALIGNED(bytes) alignas(bytes)
#elif defined(_MSC_VER)
#define DEMO_RANDOM_FOREST_ALIGNED(bytes) __declspec(align(bytes))
#else
#define DEMO_RANDOM_FOREST_ALIGNED(bytes) __attribute__((aligned(bytes)))
#endif

/**
 * Size of a flow's state in bytes.
 */
#define DEMO_RANDOM_FOREST_STATE_BYTES 848

/**
 * Alignment of a flow's state in bytes.
 */
#define DEMO_RANDOM_FOREST_STATE_ALIGN 16

/**
 * The inference point: after so many packets of a flow, or at its end if that comes earlier; 0 where only the end
 * counts.
 */
#define DEMO_RANDOM_FOREST_DEPTH 27

/**
 * Number of features.
 */
#define DEMO_RANDOM_FOREST_FEATURES 27

/**
 * Number of classes; 0 where there is no model.
 */
#define DEMO_RANDOM_FOREST_CLASSES 12

/**
 * The class of a verdict where there is no model.
 */
#define DEMO_RANDOM_FOREST_NO_CLASS 65535

/**
 * The direction of a packet from the flow's source, the end that opened it.
 */
#define DEMO_RANDOM_FOREST_FROM_SOURCE 0

/**
 * The direction of a packet from the flow's destination, the other end.
 */
#define DEMO_RANDOM_FOREST_FROM_DESTINATION 1

/**
 * How many reasons there are to pass over a packet.
 */
#define DEMO_RANDOM_FOREST_SKIPS 8

/**
 * How many reasons there are for which flows lose their place.
 */
#define DEMO_RANDOM_FOREST_EVICTIONS 3

/**
 * The largest number of flows that a driver can have room for.
 */
#define DEMO_RANDOM_FOREST_MAX_FLOWS 1073741824

/**
 * What became of a call. Where functions name one, it is by its last words: `ROOM` is `DEMO_RANDOM_FOREST_STATUS_ROOM`.
 */
typedef enum demo_random_forest_status {
    /**
     * It was done.
     */
    DEMO_RANDOM_FOREST_STATUS_OK = 0,
    /**
     * A pointer is null.
     */
    DEMO_RANDOM_FOREST_STATUS_NULL = 1,
    /**
     * A pointer is not aligned as its type asks.
     */
    DEMO_RANDOM_FOREST_STATUS_MISALIGNED = 2,
    /**
     * A header lies outside the captured bytes.
     */
    DEMO_RANDOM_FOREST_STATUS_TRUNCATED = 3,
    /**
     * Lengths or versions contradict each other.
     */
    DEMO_RANDOM_FOREST_STATUS_MALFORMED = 4,
    /**
     * The transport protocol is neither TCP nor UDP.
     */
    DEMO_RANDOM_FOREST_STATUS_NOT_TCP_UDP = 5,
    /**
     * A number is outside the range that its documentation gives.
     */
    DEMO_RANDOM_FOREST_STATUS_RANGE = 6,
    /**
     * The room for the answer is too small.
     */
    DEMO_RANDOM_FOREST_STATUS_ROOM = 7,
    /**
     * The driver is at work: a sink may not call it.
     */
    DEMO_RANDOM_FOREST_STATUS_BUSY = 8,
    /**
     * The memory holds no driver.
     */
    DEMO_RANDOM_FOREST_STATUS_NO_DRIVER = 9,
} demo_random_forest_status;

/**
 * Why a verdict was given.
 */
typedef enum demo_random_forest_end {
    /**
     * The depth was reached.
     */
    DEMO_RANDOM_FOREST_END_DEPTH = 0,
    /**
     * FIN from both ends.
     */
    DEMO_RANDOM_FOREST_END_FIN = 1,
    /**
     * RST from either end.
     */
    DEMO_RANDOM_FOREST_END_RST = 2,
    /**
     * No packet came within the idle time-out.
     */
    DEMO_RANDOM_FOREST_END_IDLE = 3,
    /**
     * The input ended.
     */
    DEMO_RANDOM_FOREST_END_INPUT = 4,
} demo_random_forest_end;

/**
 * Why a packet was passed over: the place of its counter.
 */
typedef enum demo_random_forest_skip {
    /**
     * The frame carries no IP.
     */
    DEMO_RANDOM_FOREST_SKIP_NOT_IP = 0,
    /**
     * IP, but neither TCP nor UDP.
     */
    DEMO_RANDOM_FOREST_SKIP_NOT_TCP_UDP = 1,
    /**
     * A later fragment, which carries no ports.
     */
    DEMO_RANDOM_FOREST_SKIP_FRAGMENT = 2,
    /**
     * Lengths that contradict the headers.
     */
    DEMO_RANDOM_FOREST_SKIP_MALFORMED = 3,
    /**
     * The headers were not captured whole.
     */
    DEMO_RANDOM_FOREST_SKIP_TRUNCATED = 4,
    /**
     * The link layer is not one that the library reads.
     */
    DEMO_RANDOM_FOREST_SKIP_UNKNOWN_LINK = 5,
    /**
     * No flow has these ends, and the packet does not start one.
     */
    DEMO_RANDOM_FOREST_SKIP_NO_FLOW_START = 6,
    /**
     * The driver has no room for any flow.
     */
    DEMO_RANDOM_FOREST_SKIP_TABLE_FULL = 7,
} demo_random_forest_skip;

/**
 * Why a flow lost its place, where there was none for a new one: the place of its counter.
 */
typedef enum demo_random_forest_eviction {
    /**
     * It had ended, and its ends were only kept for packets that might still come.
     */
    DEMO_RANDOM_FOREST_EVICTION_ENDED = 0,
    /**
     * No such flow was found, and of those with one packet it was the oldest.
     */
    DEMO_RANDOM_FOREST_EVICTION_SINGLE_PACKET = 1,
    /**
     * No flow had one packet only, and it was idle for longer than any other.
     */
    DEMO_RANDOM_FOREST_EVICTION_LONGEST_IDLE = 2,
} demo_random_forest_eviction;

/**
 * Decodes frames, follows flows and asks the pipeline. It lives in memory that you provide, and is gone when you take
 * that memory back. Flows leave it when they have been idle for longer than their time-out; where there is no room for
 * a new one, the oldest flow of one packet leaves, or else the one that was idle for longest. A driver is used by one thread at a time; any number of drivers may work side by side. Drivers, and
 * all that is declared for them, are in libraries that were built with the feature `parse` beside `capi`.
 */
typedef struct demo_random_forest_driver demo_random_forest_driver;

/**
 * What is kept of one flow between its packets. Its content is the library's own business; it holds no pointer, so it
 * may be copied and moved, and thrown away without a call.
 */
typedef struct DEMO_RANDOM_FOREST_ALIGNED(16) demo_random_forest_state {
    uint8_t bytes[DEMO_RANDOM_FOREST_STATE_BYTES];
} demo_random_forest_state;

/**
 * One packet, as your own parser has located it.
 */
typedef struct demo_random_forest_packet {
    /**
     * The captured bytes; offsets count from here.
     */
    const uint8_t *data;
    /**
     * How many captured bytes there are.
     */
    size_t captured;
    /**
     * Where the IP header begins; 20 bytes of it are read.
     */
    size_t ip_offset;
    /**
     * Where the TCP or UDP header begins; 20 or 8 bytes of it are read.
     */
    size_t transport_offset;
    /**
     * Nanoseconds since the first packet of the flow; never smaller than those of the flow's packet before.
     */
    uint64_t time_ns;
    /**
     * IP header and all after it, in bytes, as the IP header says: no link header, no padding.
     */
    uint32_t ip_bytes;
    /**
     * The transport protocol: 6 for TCP, 17 for UDP.
     */
    uint8_t protocol;
    /**
     * Which end sent it: `DEMO_RANDOM_FOREST_FROM_SOURCE` or `DEMO_RANDOM_FOREST_FROM_DESTINATION`.
     */
    uint8_t direction;
} demo_random_forest_packet;

/**
 * What the pipeline says of a flow.
 */
typedef struct demo_random_forest_verdict {
    /**
     * Number of the class, for `demo_random_forest_class_name`; `DEMO_RANDOM_FOREST_NO_CLASS` where there is no model.
     */
    uint16_t class_index;
    /**
     * Share of the vote that the class got, in 65535ths.
     */
    uint16_t confidence;
} demo_random_forest_verdict;

/**
 * The rules of a driver; see `demo_random_forest_default_settings`.
 */
typedef struct demo_random_forest_settings {
    /**
     * Two words that nobody else knows, drawn by lot where senders are not trusted: without them nobody can aim packets
     * at one place of the table. As long as both are 0, the words are known to all.
     */
    uint64_t secret[2];
    /**
     * Idle time-out of TCP flows, in nanoseconds of packet time.
     */
    uint64_t tcp_timeout_ns;
    /**
     * Idle time-out of UDP flows, in nanoseconds of packet time.
     */
    uint64_t udp_timeout_ns;
    /**
     * Whether a TCP flow starts only at a packet with SYN set, ACK and RST clear; 0 for no.
     */
    uint8_t require_syn;
    /**
     * Whether the sink is given features beside the verdict; 0 for no. They are computed for it once more, and packets
     * are taken one by one.
     */
    uint8_t features;
} demo_random_forest_settings;

/**
 * One captured frame.
 */
typedef struct demo_random_forest_frame {
    /**
     * The captured bytes; may be null where there are none.
     */
    const uint8_t *data;
    /**
     * How many captured bytes there are.
     */
    uint32_t captured;
    /**
     * Length on the wire in bytes; one smaller than `captured` counts as `captured`.
     */
    uint32_t wire_bytes;
    /**
     * Capture time in nanoseconds since any fixed origin.
     */
    uint64_t time_ns;
    /**
     * How the frame begins, as capture files say it (LINKTYPE): 1 for Ethernet, 101 for IP itself. Frames of other
     * link layers than the library reads are passed over, and counted.
     */
    uint32_t link;
} demo_random_forest_frame;

/**
 * A flow at its inference point.
 */
typedef struct demo_random_forest_flow {
    /**
     * Number of the flow, counted from 0 in order of start.
     */
    uint64_t number;
    /**
     * Time of its first packet, in nanoseconds since the frames' origin.
     */
    uint64_t first_ns;
    /**
     * Latest time seen in it, in nanoseconds since the frames' origin.
     */
    uint64_t last_ns;
    /**
     * The features, `DEMO_RANDOM_FOREST_FEATURES` of them, until the sink returns; null where the settings do not ask for them.
     */
    const float *features;
    /**
     * Packets of the flow up to now.
     */
    uint32_t packets;
    /**
     * What the pipeline says.
     */
    struct demo_random_forest_verdict verdict;
    /**
     * Why the verdict is given now.
     */
    enum demo_random_forest_end end;
    /**
     * Address of the end that opened the flow, in network byte order; an IPv4 address fills the first four bytes.
     */
    uint8_t source[16];
    /**
     * Address of the other end.
     */
    uint8_t destination[16];
    /**
     * Transport port of the end that opened the flow.
     */
    uint16_t source_port;
    /**
     * Transport port of the other end.
     */
    uint16_t destination_port;
    /**
     * The transport protocol: 6 for TCP, 17 for UDP.
     */
    uint8_t protocol;
    /**
     * The IP version: 4 or 6.
     */
    uint8_t ip_version;
} demo_random_forest_flow;

/**
 * Is given each flow whose verdict falls due, and the pointer that came with the call. It may not call the driver, and
 * must return: neither an exception nor `longjmp` may leave it.
 */
typedef void (*demo_random_forest_sink)(const struct demo_random_forest_flow *flow, void *user);

/**
 * What became of every packet: after the end of the input, `packets` is the sum of `classified`, `absorbed`, all of
 * `skipped` and all of `evicted_packets`; before that, packets of open flows are missing from it.
 */
typedef struct demo_random_forest_counters {
    /**
     * Packets seen.
     */
    uint64_t packets;
    /**
     * Flows started.
     */
    uint64_t flows;
    /**
     * Packets on which verdicts rest.
     */
    uint64_t classified;
    /**
     * Packets that came after their flow's inference point or end.
     */
    uint64_t absorbed;
    /**
     * Packets passed over, by reason.
     */
    uint64_t skipped[DEMO_RANDOM_FOREST_SKIPS];
    /**
     * Open flows that lost their place before their verdict, by reason.
     */
    uint64_t evicted_flows[DEMO_RANDOM_FOREST_EVICTIONS];
    /**
     * Packets of these flows, by reason.
     */
    uint64_t evicted_packets[DEMO_RANDOM_FOREST_EVICTIONS];
} demo_random_forest_counters;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * Size of a flow's state in bytes, as the library was built: where it is not `DEMO_RANDOM_FOREST_STATE_BYTES`, header and library
 * are not of one making.
 */
size_t demo_random_forest_state_bytes(void);

/**
 * Makes the state of a flow that has seen no packet.
 *
 * Answers `NULL` or `MISALIGNED` where `state` is.
 *
 * # Safety
 * `state` leads to a state that nothing else uses during the call; what it holds does not matter.
 */
enum demo_random_forest_status demo_random_forest_start(struct demo_random_forest_state *state);

/**
 * Takes one packet of the flow into its state. Packets after the inference point do not belong to it: a flow is given
 * no more than `DEMO_RANDOM_FOREST_DEPTH` of them, where that is not 0.
 *
 * Answers `NULL` or `MISALIGNED` where a pointer is, `TRUNCATED` where the headers are not within the captured bytes,
 * `NOT_TCP_UDP` for other protocols, `MALFORMED` where the IP version is neither 4 nor 6, a TCP header is shorter than
 * 20 bytes or `ip_bytes` cannot hold the headers or no IP packet is that long, and `RANGE` for an unknown direction or
 * more captured bytes than fit into memory.
 *
 * # Safety
 * `state` leads to a state that was started and that nothing else uses during the call, `packet` to a packet, and its
 * `data` to `captured` bytes.
 */
enum demo_random_forest_status demo_random_forest_update(struct demo_random_forest_state *state,
                                                         const struct demo_random_forest_packet *packet);

/**
 * Computes the features at the inference point: `DEMO_RANDOM_FOREST_FEATURES` numbers in the order of `demo_random_forest_feature_name`. An
 * undefined one is -1.
 *
 * Answers `NULL` or `MISALIGNED` where a pointer is, and `ROOM` where `room` is smaller than `DEMO_RANDOM_FOREST_FEATURES`.
 *
 * # Safety
 * `state` leads to a state that was started and that nothing writes during the call, `features` to `room` numbers.
 */
enum demo_random_forest_status demo_random_forest_features(const struct demo_random_forest_state *state,
                                                           float *features,
                                                           size_t room);

/**
 * Gives the verdict at the inference point. Without a model that is `DEMO_RANDOM_FOREST_NO_CLASS`.
 *
 * Answers `NULL` or `MISALIGNED` where a pointer is.
 *
 * # Safety
 * `state` leads to a state that was started and that nothing writes during the call, `verdict` to one that nothing else
 * uses.
 */
enum demo_random_forest_status demo_random_forest_classify(const struct demo_random_forest_state *state,
                                                           struct demo_random_forest_verdict *verdict);

/**
 * The name of a class, UTF-8; null where there is none of that number.
 */
const char *demo_random_forest_class_name(uint16_t class_index);

/**
 * The name of a feature by its place; null where there is none.
 */
const char *demo_random_forest_feature_name(size_t feature);

/**
 * The settings of `cato classify`: TCP flows start at a SYN, idle time-outs of 300 s for TCP and 60 s for UDP, and no
 * features.
 */
struct demo_random_forest_settings demo_random_forest_default_settings(void);

/**
 * The name of a `demo_random_forest_skip` as one word; null where there is none of that number.
 */
const char *demo_random_forest_skip_name(uint32_t skip);

/**
 * The name of a `demo_random_forest_eviction` as one word; null where there is none of that number.
 */
const char *demo_random_forest_eviction_name(uint32_t eviction);

/**
 * The name of a `demo_random_forest_end` as one word; null where there is none of that number.
 */
const char *demo_random_forest_end_name(uint32_t end);

/**
 * How many bytes a driver with room for so many flows takes; 0 where that is none, more than `DEMO_RANDOM_FOREST_MAX_FLOWS`, or
 * more than the machine can address. A driver's memory is aligned to `demo_random_forest_driver_align`.
 */
size_t demo_random_forest_driver_bytes(size_t flows);

/**
 * Alignment of a driver's memory in bytes.
 */
size_t demo_random_forest_driver_align(void);

/**
 * Makes a driver with room for `flows` flows in `memory`, `bytes` long, and puts where it is into `driver`. Null for
 * `settings` means the default ones.
 *
 * Answers `NULL` or `MISALIGNED` where a pointer is, `RANGE` where no driver has room for so many flows, and `ROOM`
 * where there is less memory than `demo_random_forest_driver_bytes` says.
 *
 * # Safety
 * `memory` leads to `bytes` bytes that nothing but the driver uses until its last call; `settings` is null or leads to
 * settings, and `driver` to a pointer that may be written.
 */
enum demo_random_forest_status demo_random_forest_driver_init(void *memory,
                                                              size_t bytes,
                                                              size_t flows,
                                                              const struct demo_random_forest_settings *settings,
                                                              struct demo_random_forest_driver **driver);

/**
 * Takes frames in the order of their arrival. `sink` is given each flow whose verdict falls due, with `user`, in that
 * order, and before the function returns.
 *
 * Answers `NULL` or `MISALIGNED` where a pointer is, a frame's data among them, `RANGE` where there are more frames or
 * bytes than fit into memory, `NO_DRIVER` where the memory holds none, and `BUSY` where it is a sink that calls; no
 * frame has been taken then.
 *
 * # Safety
 * `driver` leads to a driver that nothing else uses during the call, `frames` to `count` frames and the `data` of each
 * to `captured` bytes, and `sink` may be called with `user`.
 */
enum demo_random_forest_status demo_random_forest_driver_run(struct demo_random_forest_driver *driver,
                                                             const struct demo_random_forest_frame *frames,
                                                             size_t count,
                                                             demo_random_forest_sink sink,
                                                             void *user);

/**
 * Lets flows end by time where no packet comes: those that have been idle for longer than their time-out at `now_ns`, in
 * the time of the frames, get their verdict. Frames do the same with their own times.
 *
 * Answers as `demo_random_forest_driver_run` does.
 *
 * # Safety
 * `driver` leads to a driver that nothing else uses during the call, and `sink` may be called with `user`.
 */
enum demo_random_forest_status demo_random_forest_driver_advance(struct demo_random_forest_driver *driver,
                                                                 uint64_t now_ns,
                                                                 demo_random_forest_sink sink,
                                                                 void *user);

/**
 * Ends the input: every open flow gets its verdict, and all flows are forgotten. Counters go on.
 *
 * Answers as `demo_random_forest_driver_run` does.
 *
 * # Safety
 * `driver` leads to a driver that nothing else uses during the call, and `sink` may be called with `user`.
 */
enum demo_random_forest_status demo_random_forest_driver_end_input(struct demo_random_forest_driver *driver,
                                                                   demo_random_forest_sink sink,
                                                                   void *user);

/**
 * Says what became of every packet up to now.
 *
 * Answers `NULL` or `MISALIGNED` where a pointer is, `NO_DRIVER` where the memory holds none, and `BUSY` where it is a
 * sink that calls.
 *
 * # Safety
 * `driver` leads to a driver that nothing else uses during the call, `counters` to ones that may be written.
 */
enum demo_random_forest_status demo_random_forest_driver_counters(const struct demo_random_forest_driver *driver,
                                                                  struct demo_random_forest_counters *counters);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* DEMO_RANDOM_FOREST_H */
