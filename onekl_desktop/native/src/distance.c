/* Exact Euclidean distance in cells to the nearest source (Meijster, Roerdink & Hesselink 2000). */
#include "kernels.h"

#include <math.h>
#include <stdlib.h>

int32_t onekl_distance(const uint8_t *source, int64_t rows, int64_t columns, float *distance) {
    int64_t none = rows + columns;
    int64_t size = columns > 0 ? columns : 1;
    int32_t *down = malloc((size_t)(rows * columns > 0 ? rows * columns : 1) * sizeof(int32_t));
    int64_t *at = malloc((size_t)size * sizeof(int64_t)), *from = malloc((size_t)size * sizeof(int64_t));
    if (!down || !at || !from) {
        free(down);
        free(at);
        free(from);
        return -1;
    }
    for (int64_t row = 0; row < rows; row++)
        for (int64_t column = 0; column < columns; column++) {
            int64_t cell = row * columns + column;
            int64_t above = row > 0 ? (int64_t)down[cell - columns] + 1 : none;
            down[cell] = source[cell] ? 0 : (int32_t)(above < none ? above : none);
        }
    for (int64_t row = rows - 2; row >= 0; row--)
        for (int64_t column = 0; column < columns; column++) {
            int64_t cell = row * columns + column;
            if (down[cell + columns] + 1 < down[cell]) down[cell] = down[cell + columns] + 1;
        }
    for (int64_t row = 0; row < rows; row++) {
        const int32_t *g = down + row * columns;
        int64_t q = 0;
        at[0] = 0;
        from[0] = 0;
#define SQUARE(x) ((int64_t)(x) * (int64_t)(x))
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
#undef SQUARE
    }
    free(down);
    free(at);
    free(from);
    return 0;
}
