/* Feeds the kernels with seeded nonsense under the address and undefined-behaviour sanitizers. */
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

int main(void) {
    for (int round = 0; round < 20000; round++) {
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
        onekl_fill_shapes(xy, n, offsets, rings, bounds, chosen, values, 4, shapes, out, rows, columns);
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
    }
    puts("clean");
    return onekl_abi() == ONEKL_ABI ? 0 : 1;
}
