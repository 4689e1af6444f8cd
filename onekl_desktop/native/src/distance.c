/* Exact Euclidean distance in cells to the nearest source (Meijster, Roerdink & Hesselink 2000). */
#include "kernels.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The first pass keeps whole numbers in the memory of the result, so that no second grid is needed. */
static int32_t get(const float *at) {
    int32_t value;
    memcpy(&value, at, sizeof value);
    return value;
}

static void put(float *at, int32_t value) { memcpy(at, &value, sizeof value); }

#define SQUARE(x) ((int64_t)(x) * (int64_t)(x))

int32_t onekl_distance(const uint8_t *source, const int32_t *above, const int32_t *below, int64_t rows, int64_t columns,
                       int32_t none, float *distance, int64_t *task) {
    const size_t size = (size_t)(columns > 0 ? columns : 1);
    int32_t *g = malloc(size * sizeof(int32_t));
    int64_t *at = malloc(size * sizeof(int64_t)), *from = malloc(size * sizeof(int64_t));
    if (!g || !at || !from) {
        free(g);
        free(at);
        free(from);
        return -1;
    }
    for (int64_t row = 0; row < rows; row++)
        for (int64_t column = 0; column < columns; column++) {
            int64_t cell = row * columns + column;
            int32_t over = row > 0 ? get(distance + cell - columns) : above[column] > 0 && above[column] < none ? above[column] - 1 : none;
            put(distance + cell, source[cell] ? 0 : over < none ? over + 1 : none);
        }
    for (int64_t row = rows - 1; row >= 0; row--)
        for (int64_t column = 0; column < columns; column++) {
            int64_t cell = row * columns + column;
            int32_t under = row < rows - 1 ? get(distance + cell + columns) : below[column] > 0 && below[column] < none ? below[column] - 1 : none;
            if (under + 1 < get(distance + cell)) put(distance + cell, under + 1);
        }
    for (int64_t row = 0; row < rows; row++) {
        if (onekl_tick(task, columns)) {
            free(g);
            free(at);
            free(from);
            return ONEKL_STOPPED;
        }
        memcpy(g, distance + row * columns, (size_t)columns * sizeof(int32_t));
        int64_t q = 0;
        at[0] = 0;
        from[0] = 0;
        for (int64_t u = 1; u < columns; u++) {
            while (q >= 0 && SQUARE(from[q] - at[q]) + SQUARE(g[at[q]]) > SQUARE(from[q] - u) + SQUARE(g[u])) q--;
            if (q < 0) {
                q = 0;
                at[0] = u;
                from[0] = 0;
            } else {
                int64_t above = SQUARE(u) - SQUARE(at[q]) + SQUARE(g[u]) - SQUARE(g[at[q]]), width = 2 * (u - at[q]);
                int64_t meet = above / width - (above % width < 0 ? 1 : 0) + 1;
                if (meet < columns) {
                    q++;
                    at[q] = u;
                    from[q] = meet;
                }
            }
        }
        for (int64_t u = columns - 1; u >= 0; u--) {
            distance[row * columns + u] = (float)sqrt((double)(SQUARE(u - at[q]) + SQUARE(g[at[q]])));
            if (u == from[q]) q--;
        }
    }
    free(g);
    free(at);
    free(from);
    return 0;
}
