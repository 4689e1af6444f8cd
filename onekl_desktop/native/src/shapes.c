/* Geometries as GeoPackage stores them (OGC 12-128r17, clause 2.1.3; ISO WKB, and the flags of EWKB) become flat shapes. */
#include "kernels.h"

#include <math.h>
#include <string.h>

#define DEEPEST 8

typedef struct {
    const uint8_t *at, *end;
    double *xy;                                /* NULL: only count */
    int64_t *part_ends, points, parts, most_points, most_parts;
    int32_t kind;
    double box[4];
} Reader;

static int take32(Reader *reader, int little, uint32_t *value) {
    if (reader->end - reader->at < 4) return -1;
    const uint8_t *b = reader->at;
    *value = little ? (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24
                    : (uint32_t)b[3] | (uint32_t)b[2] << 8 | (uint32_t)b[1] << 16 | (uint32_t)b[0] << 24;
    reader->at += 4;
    return 0;
}

static double number_at(const uint8_t *b, int little) {
    uint64_t bits = 0;
    for (int i = 0; i < 8; i++) bits |= (uint64_t)b[little ? i : 7 - i] << (8 * i);
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* `count` vertices of `size` numbers each, as a part of their own when they are wanted. */
static int take_part(Reader *reader, int little, uint32_t count, int size, int wanted) {
    if ((uint64_t)(reader->end - reader->at) < (uint64_t)count * (uint64_t)size * 8u) return -1;
    for (uint32_t i = 0; i < count; i++, reader->at += 8 * size) {
        if (!wanted) continue;
        const double x = number_at(reader->at, little), y = number_at(reader->at + 8, little);
        if (reader->xy && reader->points < reader->most_points) { /* of a shape that turns out broken there may be more */
            reader->xy[2 * reader->points] = x;
            reader->xy[2 * reader->points + 1] = y;
        }
        reader->points++;
        if (x < reader->box[0] || isnan(reader->box[0])) reader->box[0] = x;
        if (y < reader->box[1] || isnan(reader->box[1])) reader->box[1] = y;
        if (x > reader->box[2] || isnan(reader->box[2])) reader->box[2] = x;
        if (y > reader->box[3] || isnan(reader->box[3])) reader->box[3] = y;
    }
    if (wanted && count) {
        if (reader->part_ends && reader->parts < reader->most_parts) reader->part_ends[reader->parts] = reader->points;
        reader->parts++;
    }
    return 0;
}

static int take_shape(Reader *reader, int depth) {
    if (depth > DEEPEST || reader->end - reader->at < 1) return -1;
    const int little = *reader->at++;
    uint32_t type, count;
    if (little > 1 || take32(reader, little, &type)) return -1;
    int size = 2 + !!(type & 0x80000000u) + !!(type & 0x40000000u);
    if (type & 0x20000000u) { /* EWKB: the number of a coordinate system */
        uint32_t srid;
        if (take32(reader, little, &srid)) return -1;
    }
    type &= 0x1FFFFFFFu;
    if (type >= 1000u) {
        size = 2 + (type / 1000u == 3 ? 2 : 1);
        if (type / 1000u > 3) return -1;
        type %= 1000u;
    }
    switch (type) {
        case 1: /* point; an empty one is NaN */
            if (reader->end - reader->at >= 16 && isnan(number_at(reader->at, little))) return take_part(reader, little, 1, size, 0);
            return take_part(reader, little, 1, size, reader->kind == 2);
        case 2:
            if (take32(reader, little, &count)) return -1;
            return take_part(reader, little, count, size, reader->kind == 1);
        case 3:
            if (take32(reader, little, &count)) return -1;
            while (count--) {
                uint32_t vertices;
                if (take32(reader, little, &vertices) || take_part(reader, little, vertices, size, reader->kind == 0)) return -1;
            }
            return 0;
        case 4: case 5: case 6: case 7:
            if (take32(reader, little, &count)) return -1;
            while (count--)
                if (take_shape(reader, depth + 1)) return -1;
            return 0;
        default: return -1; /* curves and surfaces */
    }
}

static const int ENVELOPES[5] = {0, 32, 48, 48, 64};

int64_t onekl_read_shapes(const uint8_t *bytes, const int64_t *ends, int64_t count, int32_t kind, double *xy,
                          int64_t *part_ends, int64_t *shape_parts, double *boxes, uint8_t *good, int64_t *totals) {
    Reader reader = {0};
    reader.xy = xy;
    reader.part_ends = part_ends;
    reader.kind = kind;
    reader.most_points = totals[0];
    reader.most_parts = totals[1];
    int64_t from = 0, read = 0;
    for (int64_t i = 0; i < count; i++) {
        const int64_t points = reader.points, parts = reader.parts;
        const uint8_t *blob = bytes + from;
        const int64_t size = ends[i] - from;
        from = ends[i];
        for (int k = 0; k < 4; k++) reader.box[k] = (double)NAN;
        int bad = size < 8 || blob[0] != 'G' || blob[1] != 'P' || (blob[3] >> 1 & 7) > 4 || blob[3] & 0x10;
        if (!bad) {
            reader.at = blob + 8 + ENVELOPES[blob[3] >> 1 & 7];
            reader.end = blob + size;
            bad = reader.at > reader.end || take_shape(&reader, 0);
        }
        if (bad) { /* what it began is taken back */
            reader.points = points;
            reader.parts = parts;
        }
        good[i] = !bad;
        if (bad) continue;
        if (shape_parts) shape_parts[read] = reader.parts;
        if (boxes) memcpy(boxes + 4 * read, reader.box, sizeof reader.box);
        read++;
    }
    totals[0] = reader.points;
    totals[1] = reader.parts;
    return read;
}
