/* Feeds the kernels with seeded nonsense under the address and undefined-behaviour sanitizers: sizes from nothing to 39 x 39,
 * NaN, infinity, no data, hostile flow directions, tasks that are stopped. Arguments: rounds, seed. */
#include "kernels.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t state = 88172645463325252ULL;
static uint64_t next(void) { state ^= state << 13; state ^= state >> 7; state ^= state << 17; return state; }
static double number(void) {
    switch (next() % 12) {
        case 0: return 0.0 / 0.0;
        case 1: return 1e308 * 10;
        case 2: return -1e300;
        case 3: return (double)(next() % 64);
        default: return (double)(next() % 100000) / 1000.0 - 20.0;
    }
}

int main(int count, char **words) {
    const long rounds = count > 1 ? strtol(words[1], NULL, 10) : 20000;
    if (count > 2) state ^= (uint64_t)strtoll(words[2], NULL, 10) * 0x9E3779B97F4A7C15ULL;
    for (long round = 0; round < rounds; round++) {
        const int64_t rows = (int64_t)(next() % 40), columns = (int64_t)(next() % 40), n = (int64_t)(next() % 60);
        double *xy = malloc(sizeof(double) * 2 * (size_t)(n + 1));
        for (int64_t i = 0; i < 2 * n; i++) xy[i] = number();
        const int64_t rings = (int64_t)(next() % 5);
        int64_t *offsets = malloc(sizeof(int64_t) * (size_t)(rings + 1));
        int64_t at = 0;
        for (int64_t r = 0; r <= rings; r++) { offsets[r] = at; at += (int64_t)(next() % 20); if (at > n) at = n; }
        if (next() % 20 == 0 && rings) offsets[rings] = n + 5; /* the kernel itself must not trust this */
        uint8_t *out = malloc((size_t)(rows * columns + 1));
        memset(out, 0, (size_t)(rows * columns + 1));
        onekl_fill_polygon(xy, n, offsets, rings, out, rows, columns, 3);
        const int64_t shapes = 1 + (int64_t)(next() % 3);
        int64_t bounds[5] = {0, 0, 0, 0, 0}, chosen[4];
        uint8_t values[4] = {1, 2, 3, 4};
        for (int64_t s = 1; s <= shapes; s++) bounds[s] = rings ? (int64_t)(next() % (uint64_t)(rings + 2)) : 0;
        for (int k = 0; k < 4; k++) chosen[k] = (int64_t)(next() % 7) - 2;
        int64_t quiet[2] = {next() % 16 == 0, 0};
        OneklShapes drawn = {xy, offsets, bounds, chosen, 0, n, rings, shapes, 4, {number(), number(), number(), number(), number(), number()}};
        int32_t *whole = malloc(sizeof(int32_t) * 2 * (size_t)(n + 1));
        int64_t *coarse = malloc(sizeof(int64_t) * (size_t)(rings + 1));
        if (onekl_coarsen(xy, n, offsets, rings, number(), number(), next() % 3 ? 1.0 : number(), whole, coarse, quiet) > n) return 1;
        if (next() % 3 == 0) { memset(whole, (int)(next() % 256), sizeof(int32_t) * 2 * (size_t)n); drawn.xy = whole; drawn.whole = 1; }
        if (next() % 2) { const double plain[6] = {1, 0, 0, 0, -1, 20}; memcpy(drawn.affine, plain, sizeof plain); }
        uint8_t *codes = calloc((size_t)(4 * rows * columns + 1), 1), *cover = calloc((size_t)(rows * columns + 1), 1);
        uint32_t *pixels = calloc((size_t)(rows * columns + 1), 4), table[256];
        uint8_t patterns[2048];
        for (int k = 0; k < 256; k++) table[k] = (uint32_t)next();
        for (int k = 0; k < 2048; k++) patterns[k] = (uint8_t)next();
        const double dashes[4] = {(double)(next() % 5), (double)(next() % 3), 0.0, next() % 4 ? 2.0 : number() * 0.0 + 1.0};
        onekl_draw_areas(&drawn, values, 2, codes, 2 * rows, 2 * columns, quiet);
        onekl_draw_lines(&drawn, next() % 2 ? values : NULL, (int32_t)(next() % 2), (double)(next() % 9) / 2.0, dashes, (int64_t)(next() % 3) * 2, cover, next() % 2 ? out : NULL, rows, columns, quiet);
        onekl_draw_points(&drawn, values, table, (int32_t)(next() % 5), (double)(next() % 9) / 2.0, (double)(next() % 3), (uint32_t)next(), pixels, rows, columns, quiet);
        onekl_compose(next() % 4 ? codes : NULL, table, next() % 2 ? patterns : NULL, table, next() % 4 ? cover : NULL, next() % 2 ? out : NULL, table, (int64_t)(next() % 8), (int64_t)(next() % 8), pixels, rows, columns);
        onekl_blend((const uint32_t *)codes, (double)(next() % 5) / 4.0, (int32_t)(next() % 6), pixels, rows * columns);
        onekl_sample_codes(codes, next() % 2 ? 1 : 2, rows, columns, drawn.affine, table, (int64_t)(next() % 257), pixels, rows, columns);
        float *heat = malloc(sizeof(float) * (size_t)(rows * columns + 1));
        for (int64_t i = 0; i < rows * columns; i++) heat[i] = (float)number();
        onekl_sample_ramp(heat, rows, columns, drawn.affine, 0.0, next() % 3 ? 9.0 : 0.0, -1.0f, (int32_t)(next() % 2), table, pixels, rows, columns);
        int64_t *met = malloc(sizeof(int64_t) * (size_t)(n / 2 + 2));
        if (onekl_touching(xy, n / 2, 0.0, 0.0, number(), number(), met) > n / 2) return 1;
        uint8_t *stored = malloc((size_t)(8 * n + 64));
        for (int64_t i = 0; i < 8 * n + 64; i++) stored[i] = next() % 3 ? (uint8_t)(next() % 8) : (uint8_t)next();
        int64_t cuts[3] = {0, 0, 8 * n + 64};
        cuts[0] = (int64_t)(next() % (uint64_t)(4 * n + 32)); cuts[1] = cuts[0] + (int64_t)(next() % (uint64_t)(4 * n + 32));
        for (int c = 0; c < 2; c++) { /* often a beginning that is right */
            uint8_t *blob = stored + cuts[c];
            if (next() % 4 == 0 || cuts[c + 1] - cuts[c] < 20) continue;
            memcpy(blob, "GP\0\1\0\0\0\0\1", 9);
            blob[9] = (uint8_t)(next() % 8); blob[10] = blob[11] = blob[12] = 0; blob[13] = (uint8_t)(next() % 3); blob[14] = blob[15] = blob[16] = 0;
            if (next() % 2 && cuts[c + 1] - cuts[c] > 60) { /* an area whose second ring may be cut off, or a set of such */
                uint8_t *at = blob + 8;
                if (next() % 3 == 0) { memcpy(at, "\1\6\0\0\0\2\0\0\0", 9); at += 9; }
                memcpy(at, "\1\3\0\0\0\2\0\0\0\1\0\0\0", 13);
                at[9] = (uint8_t)(next() % 4);
            }
        }
        uint8_t good[3];
        int64_t totals[2] = {0, 0};
        const int32_t kind = (int32_t)(next() % 3);
        const int64_t read = onekl_read_shapes(stored, cuts, 3, kind, NULL, NULL, NULL, NULL, good, totals);
        double *places = malloc(sizeof(double) * (size_t)(2 * totals[0] + 1)), boxes[12];
        int64_t *ends = malloc(sizeof(int64_t) * (size_t)(totals[1] + 1)), last[3];
        if (onekl_read_shapes(stored, cuts, 3, kind, places, ends, last, boxes, good, totals) != read) return 1;
        free(stored); free(places); free(ends);
        free(whole); free(coarse); free(codes); free(cover); free(pixels); free(heat); free(met);
        free(xy); free(offsets); free(out);

        const int64_t zones = 1 + (int64_t)(next() % 4), classes = 1 + (int64_t)(next() % 9);
        uint16_t *cls = malloc(sizeof(uint16_t) * (size_t)(rows * columns + 1));
        int32_t *zon = malloc(sizeof(int32_t) * (size_t)(rows * columns + 1));
        double *area = malloc(sizeof(double) * (size_t)(rows + 1));
        for (int64_t i = 0; i < rows * columns; i++) { cls[i] = (uint16_t)next(); zon[i] = (int32_t)next(); if (next() % 2) { cls[i] %= 12; zon[i] %= 6; } }
        for (int64_t i = 0; i < rows; i++) area[i] = number();
        int64_t *counts = calloc((size_t)(zones * classes), sizeof(int64_t));
        double *areas = calloc((size_t)(zones * classes), sizeof(double));
        onekl_class_areas(cls, zon, rows, columns, area, zones, classes, counts, areas);
        free(cls); free(zon); free(area); free(counts); free(areas);

        const int64_t cells = rows * columns;
        double *heights = malloc(sizeof(double) * (size_t)(cells + 1)), *filled = malloc(sizeof(double) * (size_t)(cells + 1));
        double *weights = malloc(sizeof(double) * (size_t)(cells + 1)), *a = calloc((size_t)(cells + 1), sizeof(double));
        double *b = malloc(sizeof(double) * (size_t)(cells + 1));
        float *slope = malloc(sizeof(float) * (size_t)(cells + 1)), *length = malloc(sizeof(float) * (size_t)(cells + 1));
        uint8_t *valid = malloc((size_t)(cells + 1)), *d8 = malloc((size_t)(cells + 1)), *streams = malloc((size_t)(cells + 1));
        uint32_t *flow = malloc(sizeof(uint32_t) * (size_t)(cells + 1));
        int32_t *order = malloc(sizeof(int32_t) * (size_t)(cells + 1));
        for (int64_t i = 0; i < cells; i++) {
            heights[i] = next() % 3 ? (double)(next() % 9) : number();
            weights[i] = number();
            valid[i] = next() % 8 != 0;
            length[i] = (float)number();
            slope[i] = (float)number();
        }
        int64_t task[2] = {next() % 16 == 0, 0}; /* sometimes stopped at once */
        uint8_t *scratch = calloc((size_t)(cells + 1), 1);
        onekl_fill_pits(heights, valid, rows, columns, (int64_t)(next() % 20), order, filled, task);
        onekl_slope(filled, valid, rows, columns, 30.0, 30.0, -1.0f, slope, task);
        onekl_flow_d8(filled, valid, rows, columns, 128, scratch, b, d8, task);
        memset(scratch, 0, (size_t)(cells + 1));
        onekl_flow_mfd(filled, valid, rows, columns, scratch, b, flow, task);
        memset(scratch, 0, (size_t)(cells + 1));
        if (next() % 2)
            for (int64_t i = 0; i < cells; i++) flow[i] = next() % 3 ? (uint32_t)next() : 0; /* hostile: cycles, ways out */
        int64_t ordered = onekl_flow_order(flow, rows, columns, scratch, order, task);
        if (ordered < 0) ordered = 0;
        memset(scratch, 0, (size_t)(cells + 1));
        if (ordered > cells) { printf("order of %lld cells\n", (long long)ordered); return 1; }
        onekl_accumulate(flow, order, ordered, rows, columns, (int32_t)(next() % 2), a, task);
        onekl_streams_mfd(flow, a, rows, columns, number(), 0.7, 255, streams, task);
        onekl_distance_to_channel(flow, order, ordered, rows, columns, streams, next() % 2 ? slope : NULL, (int32_t)(next() % 2), -1.0, b, task);
        onekl_deposition(flow, order, ordered, rows, columns, slope, -1.0f, length, weights, task);
        onekl_retention(flow, order, ordered, rows, columns, streams, slope, length, 30.0, -1.0f, (int32_t)(next() % 2), scratch, slope, task);
        onekl_upslope(flow, rows, columns, valid, task);
        if (onekl_label(order, d8, rows, columns, (int32_t *)flow, task) > cells) return 1;
        int32_t above[40], below[40];
        for (int i = 0; i < 40; i++) { above[i] = (int32_t)next() % 90 - 5; below[i] = (int32_t)next(); }
        onekl_distance(d8, above, below, rows, columns, (int32_t)(rows + columns), length, task);
        int64_t spread[3];
        for (int i = 0; i < 3; i++) spread[i] = (int64_t)(next() % 8);
        const int64_t kinds = 1 + (int64_t)(next() % 4), moved = cells ? (int64_t)(next() % (uint64_t)(cells + 1)) : 0;
        uint8_t *near = calloc((size_t)(cells * kinds * 3 + 1), 1);
        int64_t *squares = malloc(sizeof(int64_t) * (size_t)(moved + 1));
        int32_t *some = malloc(sizeof(int32_t) * (size_t)(moved + 1));
        float *scores = malloc(sizeof(float) * (size_t)(moved * 2 + 1)), weigh[24];
        for (int i = 0; i < 24; i++) weigh[i] = (float)number();
        for (int64_t i = 0; i < moved; i++) { squares[i] = (int64_t)(next() % 3000) - 50; some[i] = (int32_t)squares[i]; }
        for (int64_t i = 0; i < moved * 2; i++) scores[i] = 0;
        onekl_move_neighbours(near, rows, columns, kinds, spread, 3, squares, d8, valid, moved);
        onekl_scores(near, cells, kinds * 3, some, moved, scores, moved, weigh + 20, weigh, 2, scores);
        int32_t *where = malloc(sizeof(int32_t) * (size_t)(moved + 2));
        float *found = malloc(sizeof(float) * (size_t)(moved + 2)), floors[2] = {(float)number(), -1e30f};
        int64_t many[2];
        onekl_candidates(near, cells, kinds * 3, some, moved, scores, moved, weigh + 20, floors, weigh, 2, moved / 2, where, found, many);
        free(where); free(found);
        free(near); free(squares); free(some); free(scores);
        int64_t sizes[1600];
        const int64_t side = 1 + (int64_t)(next() % 50), room = (int64_t)(next() % 40000);
        uint8_t *packed = malloc((size_t)(room + 1));
        onekl_lzw_tiles((const uint8_t *)slope, rows, columns, 4, side, packed, next() % 4 ? room : 0, sizes);
        free(packed);
        free(scratch);
        free(heights); free(filled); free(weights); free(a); free(b); free(slope); free(length); free(valid); free(d8);
        free(streams); free(flow); free(order);
    }
    puts("clean");
    return onekl_abi() == ONEKL_ABI ? 0 : 1;
}
