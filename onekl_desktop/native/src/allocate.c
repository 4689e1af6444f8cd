#include "kernels.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Adds `by` to the count of a class in every cell of the square around a cell. */
static void add_square(uint8_t *counts, int64_t rows, int64_t columns, int64_t width, int64_t at, int64_t row,
                       int64_t column, int64_t radius, int by) {
    const int64_t r0 = row > radius ? row - radius : 0, r1 = row + radius < rows ? row + radius : rows - 1;
    const int64_t c0 = column > radius ? column - radius : 0;
    const int64_t c1 = column + radius < columns ? column + radius : columns - 1;
    for (int64_t r = r0; r <= r1; r++) {
        uint8_t *cell = counts + (r * columns + c0) * width + at;
        for (int64_t c = c0; c <= c1; c++, cell += width) *cell = (uint8_t)(*cell + by);
    }
}

void onekl_move_neighbours(uint8_t *counts, int64_t rows, int64_t columns, int64_t n_classes, const int64_t *radii,
                              int64_t n_radii, const int64_t *cells, const uint8_t *before, const uint8_t *after,
                              int64_t n) {
    const int64_t width = n_classes * n_radii;
    for (int64_t i = 0; i < n; i++) {
        const int64_t cell = cells[i];
        if (cell < 0 || cell >= rows * columns || before[i] == after[i]) continue;
        const int64_t row = cell / columns, column = cell % columns;
        for (int64_t k = 0; k < n_radii; k++) {
            if (before[i] < n_classes)
                add_square(counts, rows, columns, width, k * n_classes + before[i], row, column, radii[k], -1);
            if (after[i] < n_classes)
                add_square(counts, rows, columns, width, k * n_classes + after[i], row, column, radii[k], 1);
        }
    }
}

typedef float four __attribute__((vector_size(16)));
typedef uint8_t bytes __attribute__((vector_size(16)));
typedef uint16_t pairs __attribute__((vector_size(16)));
typedef int32_t wholes __attribute__((vector_size(16)));

/* Four bytes as numbers, in two steps that every processor has, where a conversion goes byte by byte. */
static inline four to_four(int32_t word) {
    const bytes none = {0}, part = (bytes)(wholes){word, 0, 0, 0};
    const pairs two = (pairs)__builtin_shufflevector(part, none, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    const wholes each = (wholes)__builtin_shufflevector(two, (pairs)none, 0, 8, 1, 9, 2, 10, 3, 11);
    return __builtin_convertvector(each, four);
}

/* Counts as numbers, four at a time; the last four are filled up with zeros. */
static inline void widen(const uint8_t *here, int64_t width, four *near) {
    int64_t k = 0;
    int32_t word;
    for (; k + 4 <= width; k += 4) {
        memcpy(&word, here + k, 4);
        near[k / 4] = to_four(word);
    }
    if (k < width) {
        word = 0;
        memcpy(&word, here + k, (size_t)(width - k));
        near[k / 4] = to_four(word);
    }
}

/* The sum of weighted counts; with `lanes` known while compiling the counts stay in registers. */
static inline float weigh(const four *near, const four *weight, int64_t lanes) {
    four sum = {0.0f, 0.0f, 0.0f, 0.0f};
    for (int64_t k = 0; k < lanes; k++) sum += weight[k] * near[k];
    const four two = sum + __builtin_shufflevector(sum, sum, 1, 0, 3, 2);
    return two[0] + two[2];
}

int32_t onekl_scores(const uint8_t *counts, int64_t n_cells, int64_t width, const int32_t *members, int64_t n,
                     const float *fixed, int64_t stride, const float *least, const float *weights, int64_t n_to,
                     float *out) {
    const int64_t lanes = (width + 3) / 4;
    four *near = malloc(sizeof(four) * (size_t)(lanes + 1) + 16);
    four *weight = calloc((size_t)(lanes * n_to + 1), sizeof(four));
    if (!near || !weight) {
        free(near);
        free(weight);
        return -1;
    }
    for (int64_t t = 0; t < n_to; t++) memcpy(weight + t * lanes, weights + t * width, sizeof(float) * (size_t)width);
    for (int64_t m = 0; m < n; m++) {
        const int64_t cell = members[m];
        int ready = 0;
        for (int64_t t = 0; t < n_to; t++) {
            const float base = fixed[t * stride + m];
            if (cell < 0 || cell >= n_cells || !(base > least[t])) {
                out[t * n + m] = -INFINITY;
                continue;
            }
            if (!ready) widen(counts + cell * width, width, near);
            ready = 1;
            out[t * n + m] = base + weigh(near, weight + t * lanes, lanes);
        }
    }
    free(near);
    free(weight);
    return 0;
}

/* One pass over the members for a number of lanes; see onekl_candidates. */
static inline __attribute__((always_inline)) void list_above(const uint8_t *counts, int64_t n_cells, int64_t width, int64_t lanes,
                              const int32_t *members, int64_t n, const float *fixed, int64_t stride, const float *least,
                              const float *floors, const four *weight, int64_t n_to, int64_t room, int32_t *at,
                              float *score, int64_t *founds, four *near) {
    for (int64_t m = 0; m < n; m++) {
        const int64_t cell = members[m];
        if (cell < 0 || cell >= n_cells) continue;
        int ready = 0;
        for (int64_t t = 0; t < n_to; t++) {
            const float base = fixed[t * stride + m];
            if (!(base > least[t])) continue;
            if (!ready) widen(counts + cell * width, width, near);
            ready = 1;
            const float value = base + weigh(near, weight + t * lanes, lanes);
            if (!(value > floors[t])) continue;
            if (founds[t] < room) {
                at[t * room + founds[t]] = (int32_t)m;
                score[t * room + founds[t]] = value;
            }
            founds[t]++;
        }
    }
}

int32_t onekl_candidates(const uint8_t *counts, int64_t n_cells, int64_t width, const int32_t *members, int64_t n,
                         const float *fixed, int64_t stride, const float *least, const float *floors,
                         const float *weights, int64_t n_to, int64_t room, int32_t *at, float *score, int64_t *founds) {
    const int64_t lanes = (width + 3) / 4;
    four *near = malloc(sizeof(four) * (size_t)(lanes + 1) + 16);
    four *weight = calloc((size_t)(lanes * n_to + 1), sizeof(four));
    if (!near || !weight) {
        free(near);
        free(weight);
        return -1;
    }
    for (int64_t t = 0; t < n_to; t++) {
        memcpy(weight + t * lanes, weights + t * width, sizeof(float) * (size_t)width);
        founds[t] = 0;
    }
    if (width == 8) {
        four few[2];
        list_above(counts, n_cells, 8, 2, members, n, fixed, stride, least, floors, weight, n_to, room, at, score, founds, few);
    } else if (width == 16) {
        four few[4];
        list_above(counts, n_cells, 16, 4, members, n, fixed, stride, least, floors, weight, n_to, room, at, score, founds, few);
    } else {
        list_above(counts, n_cells, width, lanes, members, n, fixed, stride, least, floors, weight, n_to, room, at, score, founds, near);
    }
    free(near);
    free(weight);
    return 0;
}
