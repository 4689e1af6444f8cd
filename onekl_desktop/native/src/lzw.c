/* LZW as TIFF 6.0 has it (section 13): codes of 9 to 12 bits, most significant bit first, one bit wider a code early. */
#include "kernels.h"

#include <stdlib.h>
#include <string.h>

#define CLEAR 256u
#define END 257u
#define FIRST 258u
#define FULL 4094u /* codes, with which the dictionary begins anew */
#define SLOT_BITS 13
#define SLOTS (1 << SLOT_BITS)

typedef struct {
    uint32_t slots[SLOTS]; /* what follows a code: (code << 8 | byte) << 12 | new code; 0 is empty */
    uint16_t latest[4096]; /* the longer code that was last taken from here: no search where data repeats */
    uint8_t last[4096];    /* the last byte of a code */
} Dictionary;

static void forget(Dictionary *dictionary) {
    memset(dictionary->slots, 0, sizeof dictionary->slots);
    memset(dictionary->latest, 0, sizeof dictionary->latest);
}

static int64_t encode(Dictionary *dictionary, const uint8_t *data, int64_t size, uint8_t *out, const uint8_t *end) {
    uint8_t *at = out;
    uint64_t bits = 0;
    int held = 0, width = 9;
    uint32_t next = FIRST, limit = 512;
#define PUT(code)                                                                                                     \
    do {                                                                                                              \
        bits = (bits << width) | (code);                                                                              \
        held += width;                                                                                                \
        while (held >= 8) {                                                                                           \
            held -= 8;                                                                                                \
            *at++ = (uint8_t)(bits >> held);                                                                          \
        }                                                                                                             \
    } while (0)
    forget(dictionary);
    if (end - at < 16) return -1;
    PUT(CLEAR);
    if (size > 0) {
        uint32_t code = data[0];
        for (int64_t i = 1; i < size; i++) {
            const uint32_t byte = data[i], known = dictionary->latest[code];
            if (known && dictionary->last[known] == byte) {
                code = known;
                continue;
            }
            const uint32_t key = code << 8 | byte;
            uint32_t slot = (key * 2654435769u) >> (32 - SLOT_BITS);
            while (dictionary->slots[slot] && dictionary->slots[slot] >> 12 != key) slot = (slot + 1) & (SLOTS - 1);
            if (dictionary->slots[slot]) {
                const uint32_t longer = dictionary->slots[slot] & 4095u;
                dictionary->latest[code] = (uint16_t)longer;
                code = longer;
                continue;
            }
            PUT(code);
            dictionary->slots[slot] = key << 12 | next;
            dictionary->latest[code] = (uint16_t)next;
            dictionary->last[next] = (uint8_t)byte;
            code = byte;
            if (++next == FULL) {
                PUT(CLEAR);
                forget(dictionary);
                width = 9;
                next = FIRST;
                limit = 512;
            } else if (next == limit) {
                limit = 1u << ++width;
            }
            if (end - at < 16) return -1;
        }
        PUT(code);
        if (++next == FULL) {
            PUT(CLEAR);
            width = 9;
        } else if (next == limit) {
            width++;
        }
    }
    PUT(END);
    if (held > 0) *at++ = (uint8_t)(bits << (8 - held));
#undef PUT
    return at - out;
}

int64_t onekl_lzw_tiles(const uint8_t *cells, int64_t rows, int64_t columns, int64_t item, int64_t tile, uint8_t *out,
                        int64_t room, int64_t *sizes) {
    int64_t used = 0, number = 0;
    const int64_t bytes = tile * tile * item;
    uint8_t *part = malloc((size_t)(bytes > 0 ? bytes : 1));
    Dictionary *dictionary = malloc(sizeof(Dictionary));
    if (!part || !dictionary) used = -1;
    for (int64_t top = 0; used >= 0 && top < rows; top += tile)
        for (int64_t left = 0; used >= 0 && left < columns; left += tile) {
            const int64_t width = left + tile < columns ? tile : columns - left;
            for (int64_t row = 0; row < tile; row++) { /* beyond the map a tile repeats the last row, and zeros */
                const int64_t from = top + row < rows ? top + row : rows - 1;
                memcpy(part + row * tile * item, cells + (from * columns + left) * item, (size_t)(width * item));
                memset(part + (row * tile + width) * item, 0, (size_t)((tile - width) * item));
            }
            const int64_t size = encode(dictionary, part, bytes, out + used, out + room);
            sizes[number++] = size;
            used = size < 0 ? -1 : used + size;
        }
    free(part);
    free(dictionary);
    return used;
}
