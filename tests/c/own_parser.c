/* An appliance that parses packets and follows flows by itself, and keeps a vendored crate's state in its own table.
 *
 *   own_parser CAPTURE
 *
 * Reads Ethernet with IPv4 or IPv6 without extension headers. Prints one CSV line for each flow: its ends, the class,
 * the packets used, the features. What it knows of flows is enough for captures in which every one is whole: a flow
 * starts at its first packet and is asked at the depth, at RST, at FIN from both ends, or at the end of the input. */
#define _POSIX_C_SOURCE 200809L

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "capture.h"
#include "pipeline.h"

#define FLOWS 4096
#define ETHERNET_BYTES 14

/* The ends of a flow in the order of its first packet. */
struct ends {
    uint8_t version;
    uint8_t protocol;
    uint8_t address[2][16];
    uint16_t port[2];
};

struct flow {
    struct ends ends;
    uint64_t first_ns;
    uint32_t packets;
    uint8_t fins;
    uint8_t answered;
    ITS(state) state;
};

static struct flow flows[FLOWS];
static size_t used;

static uint16_t big_endian(const uint8_t *bytes) {
    return (uint16_t)(bytes[0] << 8 | bytes[1]);
}

/* Finds the headers; 0 where there is no TCP or UDP. */
static int parse(const struct captured *captured, ITS(packet) * packet, struct ends *ends) {
    const uint8_t *ip = captured->data + ETHERNET_BYTES;
    if (captured->captured < ETHERNET_BYTES + 40)
        return 0;
    memset(ends, 0, sizeof *ends);
    packet->data = captured->data;
    packet->captured = captured->captured;
    packet->ip_offset = ETHERNET_BYTES;
    ends->version = ip[0] >> 4;
    if (ends->version == 4) {
        packet->transport_offset = packet->ip_offset + (ip[0] & 15) * 4u;
        packet->ip_bytes = big_endian(ip + 2);
        packet->protocol = ip[9];
        memcpy(ends->address[0], ip + 12, 4);
        memcpy(ends->address[1], ip + 16, 4);
    } else {
        packet->transport_offset = packet->ip_offset + 40;
        packet->ip_bytes = big_endian(ip + 4) + 40u;
        packet->protocol = ip[6];
        memcpy(ends->address[0], ip + 8, 16);
        memcpy(ends->address[1], ip + 24, 16);
    }
    ends->protocol = packet->protocol;
    if ((packet->protocol != 6 && packet->protocol != 17) || packet->transport_offset + 8 > captured->captured)
        return 0;
    ends->port[0] = big_endian(captured->data + packet->transport_offset);
    ends->port[1] = big_endian(captured->data + packet->transport_offset + 2);
    return 1;
}

static struct ends turned(const struct ends *ends) {
    struct ends other = *ends;
    memcpy(other.address[0], ends->address[1], 16);
    memcpy(other.address[1], ends->address[0], 16);
    other.port[0] = ends->port[1];
    other.port[1] = ends->port[0];
    return other;
}

/* The flow of a packet, and its direction; a new one where there is none. */
static struct flow *find(const struct ends *ends, uint64_t time_ns, uint8_t *direction) {
    const struct ends other = turned(ends);
    for (size_t i = 0; i < used; i++) {
        if (!memcmp(&flows[i].ends, ends, sizeof *ends)) {
            *direction = THE(FROM_SOURCE);
            return &flows[i];
        }
        if (!memcmp(&flows[i].ends, &other, sizeof other)) {
            *direction = THE(FROM_DESTINATION);
            return &flows[i];
        }
    }
    if (used == FLOWS || ITS(start)(&flows[used].state) != THE(STATUS_OK))
        return NULL;
    *direction = THE(FROM_SOURCE);
    flows[used].ends = *ends;
    flows[used].first_ns = time_ns;
    return &flows[used++];
}

static int answer(struct flow *flow) {
    ITS(verdict) verdict;
    float features[THE(FEATURES)];
    char source[INET6_ADDRSTRLEN], destination[INET6_ADDRSTRLEN];
    const int family = flow->ends.version == 6 ? AF_INET6 : AF_INET;
    const char *class_name;
    if (ITS(classify)(&flow->state, &verdict) != THE(STATUS_OK) ||
        ITS(features)(&flow->state, features, THE(FEATURES)) != THE(STATUS_OK))
        return 0;
    flow->answered = 1;
    class_name = ITS(class_name)(verdict.class_index);
    inet_ntop(family, flow->ends.address[0], source, sizeof source);
    inet_ntop(family, flow->ends.address[1], destination, sizeof destination);
    printf("%s,%s,%" PRIu16 ",", flow->ends.protocol == 6 ? "tcp" : "udp", source, flow->ends.port[0]);
    printf("%s,%" PRIu16 ",%s,%" PRIu32, destination, flow->ends.port[1], class_name ? class_name : "", flow->packets);
    for (size_t i = 0; i < THE(FEATURES); i++)
        printf(",%.9g", features[i]);
    printf("\n");
    return 1;
}

/* Takes a packet into its flow; 0 where the library finds fault with it. */
static int take(const struct captured *captured) {
    ITS(packet) packet = {0};
    struct ends ends;
    struct flow *flow;
    uint8_t flags;
    if (!parse(captured, &packet, &ends))
        return 1;
    flow = find(&ends, captured->time_ns, &packet.direction);
    if (!flow)
        return 0;
    if (flow->answered)
        return 1;
    packet.time_ns = captured->time_ns - flow->first_ns;
    if (ITS(update)(&flow->state, &packet) != THE(STATUS_OK))
        return 0;
    flow->packets++;
    flags = packet.protocol == 6 ? captured->data[packet.transport_offset + 13] : 0;
    if (flags & 1)
        flow->fins |= (uint8_t)(1 << packet.direction);
    if (flow->packets == THE(DEPTH) || flags & 4 || flow->fins == 3)
        return answer(flow);
    return 1;
}

/* Every mistake that can be seen has its own answer, and leaves the state as it was. */
static int refuses_mistakes(void) {
    static ITS(state) state, before;
    static const uint8_t bytes[40] = {0x45, 0, 0, 40, [8] = 64, [9] = 6, [32] = 0x50};
    static const uint8_t not_ip[40] = {0x75}, no_tcp[40] = {0x45, 0, 0, 40, [32] = 0x40};
    const ITS(packet) good = {bytes, sizeof bytes, 0, 20, 0, 40, 6, THE(FROM_SOURCE)};
    float features[THE(FEATURES)];
    ITS(verdict) verdict;
    struct {
        ITS(packet) packet;
        ITS(status) status;
    } wrong[] = {
        {good, THE(STATUS_NULL)},      {good, THE(STATUS_TRUNCATED)}, {good, THE(STATUS_TRUNCATED)},
        {good, THE(STATUS_TRUNCATED)}, {good, THE(STATUS_MALFORMED)}, {good, THE(STATUS_MALFORMED)},
        {good, THE(STATUS_MALFORMED)}, {good, THE(STATUS_MALFORMED)}, {good, THE(STATUS_MALFORMED)},
        {good, THE(STATUS_RANGE)},     {good, THE(STATUS_RANGE)},     {good, THE(STATUS_NOT_TCP_UDP)},
    };
    wrong[0].packet.data = NULL;
    wrong[1].packet.captured = 39;
    wrong[2].packet.transport_offset = SIZE_MAX;
    wrong[3].packet.ip_offset = 21;
    wrong[3].packet.transport_offset = 41;
    wrong[4].packet.ip_offset = 21;
    wrong[5].packet.data = not_ip;
    wrong[6].packet.data = no_tcp;
    wrong[7].packet.ip_bytes = 39;
    wrong[8].packet.ip_bytes = 65576;
    wrong[9].packet.direction = 2;
    wrong[10].packet.captured = SIZE_MAX;
    wrong[11].packet.protocol = 1;

    if (ITS(state_bytes)() != THE(STATE_BYTES) || sizeof(ITS(state)) != THE(STATE_BYTES) ||
        _Alignof(ITS(state)) != THE(STATE_ALIGN))
        return 0;
    if (ITS(start)(NULL) != THE(STATUS_NULL) || ITS(start)(&state) != THE(STATUS_OK) ||
        ITS(update)(&state, NULL) != THE(STATUS_NULL) || ITS(update)(NULL, &good) != THE(STATUS_NULL))
        return 0;
    if (THE(STATE_ALIGN) > 1 && ITS(start)((void *)((char *)&state + 1)) != THE(STATUS_MISALIGNED))
        return 0;
    memcpy(&before, &state, sizeof state);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        if (ITS(update)(&state, &wrong[i].packet) != wrong[i].status || memcmp(&state, &before, sizeof state))
            return 0;
    if (ITS(update)(&state, &good) != THE(STATUS_OK) || !memcmp(&state, &before, sizeof state))
        return 0;
    return ITS(features)(&state, features, THE(FEATURES) - 1) == THE(STATUS_ROOM) &&
           ITS(features)(&state, NULL, THE(FEATURES)) == THE(STATUS_NULL) &&
           ITS(classify)(&state, NULL) == THE(STATUS_NULL) && ITS(classify)(NULL, &verdict) == THE(STATUS_NULL) &&
           !ITS(class_name)(THE(CLASSES)) && !ITS(feature_name)(THE(FEATURES));
}

int main(int count, char **arguments) {
    struct capture capture;
    struct captured packet;
    int more;
    if (!refuses_mistakes())
        return 3;
    if (count != 2 || capture_open(&capture, arguments[1]) || capture.link != 1) {
        fprintf(stderr, "usage: own_parser CAPTURE\n");
        return 2;
    }
    while ((more = capture_next(&capture, &packet)) > 0) {
        if (!take(&packet))
            return 4;
        free(packet.data);
    }
    for (size_t i = 0; i < used; i++)
        if (!flows[i].answered && !answer(&flows[i]))
            return 5;
    capture_close(&capture);
    return more < 0;
}
