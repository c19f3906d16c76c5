/* Classifies the flows of a capture with a vendored crate, as `cato classify` does: frames in, verdicts out.
 *
 *   classify CAPTURE
 *
 * Prints one CSV line for each flow in the order of the verdicts, then to stderr what became of every packet. With
 * -DWITH_FEATURES the features follow on each line. */
#define _POSIX_C_SOURCE 200809L

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "capture.h"
#include "pipeline.h"

#define FLOWS 4096
/* Frames that are handed over together. */
#define BATCH 100

#ifdef WITH_FEATURES
#define FEATURES_TOO 1
#else
#define FEATURES_TOO 0
#endif

struct sink {
    ITS(driver) * driver;
    int calls_back_refused;
};

static void print_end(const uint8_t *address, uint16_t port, uint8_t ip_version) {
    char text[INET6_ADDRSTRLEN];
    inet_ntop(ip_version == 6 ? AF_INET6 : AF_INET, address, text, sizeof text);
    printf("%s,%" PRIu16 ",", text, port);
}

static void print_flow(const ITS(flow) * flow, void *user) {
    struct sink *sink = user;
    ITS(counters) counters;
    const char *class_name = ITS(class_name)(flow->verdict.class_index);

    printf("%s,", flow->protocol == 6 ? "tcp" : "udp");
    print_end(flow->source, flow->source_port, flow->ip_version);
    print_end(flow->destination, flow->destination_port, flow->ip_version);
    printf("%s,%.17g,", class_name ? class_name : "", flow->verdict.confidence / 65535.0);
    printf("%" PRIu32 ",%" PRIu64 ",%" PRIu64 ",", flow->packets, flow->first_ns, flow->last_ns);
    printf("%s", ITS(end_name)(flow->end));
    for (size_t i = 0; FEATURES_TOO && i < THE(FEATURES); i++)
        printf(",%.9g", flow->features[i]);
    printf("\n");

    /* A driver at work refuses to be called. */
    sink->calls_back_refused &= ITS(driver_counters)(sink->driver, &counters) == THE(STATUS_BUSY) &&
                                ITS(driver_end_input)(sink->driver, print_flow, user) == THE(STATUS_BUSY);
}

static void ignore(const ITS(flow) * flow, void *user) {
    (void)flow;
    (void)user;
}

/* Every mistake that can be seen has its own answer. */
static int refuses_mistakes(void *memory, size_t bytes) {
    ITS(driver) * driver;
    ITS(counters) counters;
    ITS(frame) frame = {.captured = 1};
    if (ITS(driver_bytes)(0) || ITS(driver_bytes)((size_t)THE(MAX_FLOWS) + 1) || ITS(driver_bytes)(SIZE_MAX))
        return 0;
    if (ITS(driver_init)(NULL, bytes, FLOWS, NULL, &driver) != THE(STATUS_NULL) ||
        ITS(driver_init)(memory, bytes, FLOWS, NULL, NULL) != THE(STATUS_NULL) ||
        ITS(driver_init)((char *)memory + 1, bytes, FLOWS, NULL, &driver) != THE(STATUS_MISALIGNED) ||
        ITS(driver_init)(memory, bytes, 0, NULL, &driver) != THE(STATUS_RANGE) ||
        ITS(driver_init)(memory, bytes - 1, FLOWS, NULL, &driver) != THE(STATUS_ROOM))
        return 0;
    memset(memory, 0, bytes);
    if (ITS(driver_end_input)(memory, print_flow, NULL) != THE(STATUS_NO_DRIVER) ||
        ITS(driver_init)(memory, bytes, FLOWS, NULL, &driver) != THE(STATUS_OK))
        return 0;
    return ITS(driver_run)(NULL, &frame, 0, print_flow, NULL) == THE(STATUS_NULL) &&
           ITS(driver_run)(driver, NULL, 1, print_flow, NULL) == THE(STATUS_NULL) &&
           ITS(driver_run)(driver, &frame, 1, print_flow, NULL) == THE(STATUS_NULL) &&
           ITS(driver_run)(driver, &frame, SIZE_MAX, print_flow, NULL) == THE(STATUS_RANGE) &&
           ITS(driver_run)(driver, &frame, 0, NULL, NULL) == THE(STATUS_NULL) &&
           ITS(driver_run)(driver, NULL, 0, print_flow, NULL) == THE(STATUS_OK) &&
           ITS(driver_counters)(driver, NULL) == THE(STATUS_NULL) &&
           ITS(driver_counters)(driver, &counters) == THE(STATUS_OK) && counters.packets == 0 &&
           !ITS(skip_name)(THE(SKIPS)) && !ITS(end_name)(THE(END_INPUT) + 1) &&
           !ITS(eviction_name)(THE(EVICTIONS)) && ITS(eviction_name)(THE(EVICTION_LONGEST_IDLE));
}

/* With room for one flow, a second one takes the place of the first, which is counted, not lost. */
static int counts_what_has_no_room(void) {
    static uint8_t data[2][28] = {{0x45, 0, 0, 28, [9] = 17, [20] = 1}, {0x45, 0, 0, 28, [9] = 17, [20] = 2}};
    const size_t bytes = ITS(driver_bytes)(1);
    void *memory = aligned_alloc(ITS(driver_align)(), bytes);
    ITS(frame) frames[2];
    ITS(driver) * driver;
    ITS(counters) counters;
    for (int i = 0; i < 2; i++)
        frames[i] = (ITS(frame)){.data = data[i], .captured = sizeof data[i], .link = 101};
    const int counted = memory && ITS(driver_init)(memory, bytes, 1, NULL, &driver) == THE(STATUS_OK) &&
                        ITS(driver_run)(driver, frames, 2, ignore, NULL) == THE(STATUS_OK) &&
                        ITS(driver_counters)(driver, &counters) == THE(STATUS_OK) && counters.packets == 2 &&
                        counters.flows == 2 && counters.evicted_flows[THE(EVICTION_SINGLE_PACKET)] == 1 &&
                        ITS(driver_advance)(driver, UINT64_MAX / 2, ignore, NULL) == THE(STATUS_OK) &&
                        ITS(driver_counters)(driver, &counters) == THE(STATUS_OK) &&
                        counters.packets == counters.classified + counters.evicted_packets[THE(EVICTION_SINGLE_PACKET)];
    free(memory);
    return counted;
}

int main(int count, char **arguments) {
    struct capture capture;
    struct captured packet[BATCH];
    struct sink sink = {NULL, 1};
    ITS(frame) frames[BATCH];
    ITS(settings) settings = ITS(default_settings)();
    ITS(counters) counters;
    const size_t bytes = ITS(driver_bytes)(FLOWS);
    void *memory = aligned_alloc(ITS(driver_align)(), bytes);
    int more = 1;

    settings.features = FEATURES_TOO;
    if (count != 2 || capture_open(&capture, arguments[1])) {
        fprintf(stderr, "usage: classify CAPTURE\n");
        return 2;
    }
    if (!memory || !refuses_mistakes(memory, bytes) || !counts_what_has_no_room() ||
        ITS(driver_init)(memory, bytes, FLOWS, &settings, &sink.driver) != THE(STATUS_OK))
        return 3;
    while (more > 0) {
        size_t read = 0;
        while (read < BATCH && (more = capture_next(&capture, &packet[read])) > 0) {
            frames[read] = (ITS(frame)){
                .data = packet[read].data,
                .captured = packet[read].captured,
                .wire_bytes = packet[read].wire_bytes,
                .time_ns = packet[read].time_ns,
                .link = capture.link,
            };
            read++;
        }
        if (ITS(driver_run)(sink.driver, frames, read, print_flow, &sink) != THE(STATUS_OK))
            return 4;
        while (read > 0)
            free(packet[--read].data);
    }
    if (ITS(driver_end_input)(sink.driver, print_flow, &sink) != THE(STATUS_OK) ||
        ITS(driver_counters)(sink.driver, &counters) != THE(STATUS_OK) || !sink.calls_back_refused)
        return 5;
    fprintf(stderr, "packets,%" PRIu64 "\nflows,%" PRIu64 "\nabsorbed,%" PRIu64 "\n", counters.packets, counters.flows,
            counters.absorbed);
    for (uint32_t skip = 0; skip < THE(SKIPS); skip++)
        fprintf(stderr, "%s,%" PRIu64 "\n", ITS(skip_name)(skip), counters.skipped[skip]);
    capture_close(&capture);
    free(memory);
    return more < 0;
}
