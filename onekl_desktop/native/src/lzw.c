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
#define POOR 6000    /* bytes that fill a dictionary where data hardly repeats: what is written is as long as they are */
#define SPAN 65536   /* bytes of such data that are written by cells before a dictionary is tried again */
#define RUN 64       /* equal cells that end it before */
#define SHORT 252u   /* codes of 9 bits that follow each other, at most */
#define EPOCHS (1u << 22)

typedef struct {
    uint32_t slots[SLOTS]; /* what follows a code: (code << 8 | byte) << 12 | new code; 0 is empty */
    uint16_t latest[4096]; /* the longer code that was last taken from here: no search where data repeats */
    uint8_t last[4096];    /* the last byte of a code */
    uint32_t pairs[65536]; /* of cells: the code of two bytes, with the epoch in which it is known: epoch << 9 | code */
    uint32_t epoch;
} Dictionary;

typedef struct {
    uint8_t *at;
    uint64_t bits;
    int held;
} Codes;

static inline void put(Codes *codes, uint32_t code, int width) {
    codes->bits = (codes->bits << width) | code;
    codes->held += width;
    if (codes->held >= 32) {
        codes->held -= 32;
        const uint32_t word = (uint32_t)(codes->bits >> codes->held);
        codes->at[0] = (uint8_t)(word >> 24);
        codes->at[1] = (uint8_t)(word >> 16);
        codes->at[2] = (uint8_t)(word >> 8);
        codes->at[3] = (uint8_t)word;
        codes->at += 4;
    }
}

static void forget(Dictionary *dictionary) {
    memset(dictionary->slots, 0, sizeof dictionary->slots);
    memset(dictionary->latest, 0, sizeof dictionary->latest);
}

static void new_epoch(Dictionary *dictionary) {
    if (++dictionary->epoch < EPOCHS) return;
    memset(dictionary->pairs, 0, sizeof dictionary->pairs);
    dictionary->epoch = 1;
}

/* Numbers that hardly repeat, as measured values do: single bytes, and the two highest bytes of a cell as one code where
 * they are known. The dictionary begins anew before a code needs a tenth bit. Returns where it has come to. */
static int64_t put_cells(Codes *codes, Dictionary *dictionary, const uint8_t *data, int64_t from, int64_t size,
                         int64_t item, const uint8_t *end) {
    const int64_t stop = size - from > SPAN ? from + SPAN : size;
    int64_t i = from, equal = 0;
    uint32_t count = 0;
    new_epoch(dictionary);
    while (i < stop && equal < RUN) {
        if (end - codes->at < 32) return -1;
        if (count + (uint32_t)item > SHORT) {
            put(codes, CLEAR, 9);
            new_epoch(dictionary);
            count = 0;
        }
        if (i % item || size - i < item) {
            put(codes, data[i++], 9);
            count++;
            continue;
        }
        equal = i >= item && !memcmp(data + i, data + i - item, (size_t)item) ? equal + 1 : 0;
        const int64_t high = i + item - 2;
        while (i < high) put(codes, data[i++], 9);
        count += (uint32_t)item - 2;
        uint32_t *pair = dictionary->pairs + (data[i] << 8 | data[i + 1]);
        if (*pair >> 9 == dictionary->epoch) {
            put(codes, *pair & 511u, 9);
            count++;
        } else {
            put(codes, data[i], 9);
            put(codes, data[i + 1], 9);
            *pair = dictionary->epoch << 9 | (FIRST + count); /* the code that a reader makes of both */
            count += 2;
        }
        i += 2;
    }
    put(codes, CLEAR, 9);
    return i;
}

static int64_t encode(Dictionary *dictionary, const uint8_t *data, int64_t size, int64_t item, uint8_t *out,
                      const uint8_t *end) {
    Codes codes = {out, 0, 0};
    int width = 9;
    int64_t i = 0;
    if (end - out < 32) return -1;
    put(&codes, CLEAR, width);
    while (i < size) {
        const int64_t from = i;
        uint32_t next = FIRST, limit = 512, code = data[i];
        int full = 0;
        forget(dictionary);
        for (i++; i < size && !full; i++) {
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
            put(&codes, code, width);
            dictionary->slots[slot] = key << 12 | next;
            dictionary->latest[code] = (uint16_t)next;
            dictionary->last[next] = (uint8_t)byte;
            code = byte;
            if (++next == FULL)
                full = 1;
            else if (next == limit)
                limit = 1u << ++width;
            if (end - codes.at < 32) return -1;
        }
        if (full) {
            i--; /* the byte that did not fit any more */
        } else {
            put(&codes, code, width);
            if (++next == FULL)
                full = 1;
            else if (next == limit)
                width++;
        }
        if (!full) break;
        put(&codes, CLEAR, width);
        width = 9;
        if (item >= 4 && i < size && i - from < POOR) {
            i = put_cells(&codes, dictionary, data, i, size, item, end);
            if (i < 0) return -1;
        }
    }
    put(&codes, END, width);
    while (codes.held >= 8) {
        codes.held -= 8;
        *codes.at++ = (uint8_t)(codes.bits >> codes.held);
    }
    if (codes.held > 0) *codes.at++ = (uint8_t)(codes.bits << (8 - codes.held));
    return codes.at - out;
}

int64_t onekl_lzw_tiles(const uint8_t *cells, int64_t rows, int64_t columns, int64_t item, int64_t tile, uint8_t *out,
                        int64_t room, int64_t *sizes) {
    int64_t used = 0, number = 0;
    const int64_t bytes = tile * tile * item;
    uint8_t *part = malloc((size_t)(bytes > 0 ? bytes : 1));
    Dictionary *dictionary = calloc(1, sizeof(Dictionary));
    if (!part || !dictionary) used = -1;
    for (int64_t top = 0; used >= 0 && top < rows; top += tile)
        for (int64_t left = 0; used >= 0 && left < columns; left += tile) {
            const int64_t width = left + tile < columns ? tile : columns - left;
            for (int64_t row = 0; row < tile; row++) { /* beyond the map a tile repeats the last row, and zeros */
                const int64_t from = top + row < rows ? top + row : rows - 1;
                memcpy(part + row * tile * item, cells + (from * columns + left) * item, (size_t)(width * item));
                memset(part + (row * tile + width) * item, 0, (size_t)((tile - width) * item));
            }
            const int64_t size = encode(dictionary, part, bytes, item, out + used, out + room);
            sizes[number++] = size;
            used = size < 0 ? -1 : used + size;
        }
    free(part);
    free(dictionary);
    return used;
}
