/* A reader of classic pcap files, of either byte order, in micro- or nanoseconds. */
#ifndef CAPTURE_H
#define CAPTURE_H

#include <stdint.h>
#include <stdio.h>

struct capture {
    FILE *file;
    int swapped;
    uint32_t ns_per_tick;
    uint32_t link;
};

struct captured {
    uint64_t time_ns;
    uint32_t captured;
    uint32_t wire_bytes;
    uint8_t *data;
};

/* Opens a capture. 0 where it is one. */
int capture_open(struct capture *capture, const char *path);

/* Reads the next packet, whose data is then the caller's to free. 1 where there was one, 0 at the end of the file,
 * -1 where the file ends within a packet or a length in it cannot be. */
int capture_next(struct capture *capture, struct captured *packet);

void capture_close(struct capture *capture);

#endif
