#include "capture.h"

#include <stdlib.h>
#include <string.h>

/* The longest packet that capture programs write. */
#define MAX_CAPTURED 262144u

static uint32_t number(const struct capture *capture, const uint8_t *bytes) {
    uint32_t value;
    memcpy(&value, bytes, sizeof value);
    if (!capture->swapped)
        return value;
    return value >> 24 | (value >> 8 & 0xff00) | (value << 8 & 0xff0000) | value << 24;
}

int capture_open(struct capture *capture, const char *path) {
    uint8_t header[24];
    capture->file = fopen(path, "rb");
    if (!capture->file)
        return -1;
    if (fread(header, sizeof header, 1, capture->file) == 1) {
        for (capture->swapped = 0; capture->swapped < 2; capture->swapped++) {
            const uint32_t magic = number(capture, header);
            if (magic == 0xa1b2c3d4 || magic == 0xa1b23c4d) {
                capture->ns_per_tick = magic == 0xa1b2c3d4 ? 1000 : 1;
                capture->link = number(capture, header + 20) & 0xffff;
                return 0;
            }
        }
    }
    capture_close(capture);
    return -1;
}

int capture_next(struct capture *capture, struct captured *packet) {
    uint8_t header[16];
    const size_t got = fread(header, 1, sizeof header, capture->file);
    if (got < sizeof header)
        return got == 0 ? 0 : -1;
    packet->time_ns =
        number(capture, header) * 1000000000ull + (uint64_t)number(capture, header + 4) * capture->ns_per_tick;
    packet->captured = number(capture, header + 8);
    packet->wire_bytes = number(capture, header + 12);
    if (packet->captured > MAX_CAPTURED)
        return -1;
    packet->data = malloc(packet->captured ? packet->captured : 1);
    if (!packet->data || fread(packet->data, 1, packet->captured, capture->file) != packet->captured) {
        free(packet->data);
        return -1;
    }
    return 1;
}

void capture_close(struct capture *capture) {
    fclose(capture->file);
}
