#include "kernels.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Even-odd scanline fill in linear time: crossings are counted per row, laid out by a prefix sum,
 * then each row is sorted and filled between pairs. An edge belongs to a row when the row's centre
 * line y satisfies min(y0, y1) <= y < max(y0, y1), so a shared vertex is counted once and horizontal
 * edges never. A cell is filled when left <= centre < right. */

static int by_value(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* First row whose centre is >= y, clipped to 0..rows. NaN gives rows: such an edge crosses nothing. */
static int64_t first_row(double y, int64_t rows) {
    const double r = ceil(y - 0.5);
    if (!(r < (double)rows)) return rows;
    if (r <= 0.0) return 0;
    return (int64_t)r;
}

int64_t onekl_fill_polygon(const double *xy, int64_t n_points, const int64_t *ring_offsets, int64_t n_rings,
                           uint8_t *out, int64_t rows, int64_t columns, uint8_t value) {
    if (rows <= 0 || columns <= 0 || n_rings <= 0) return 0;
    /* Only the rows that the shape reaches. */
    int64_t top = rows, bottom = 0;
    for (int64_t ring = 0; ring < n_rings; ring++) {
        const int64_t from = ring_offsets[ring], to = ring_offsets[ring + 1];
        if (from < 0 || to > n_points || to - from < 3) continue;
        for (int64_t i = from; i < to; i++) {
            const double y = xy[2 * i + 1];
            if (!isfinite(y)) continue;
            const int64_t r = first_row(y, rows);
            if (r < top) top = r;
            if (r > bottom) bottom = r;
        }
    }
    if (bottom <= top) return 0;
    const int64_t all_rows = rows;
    rows = bottom - top;
    int64_t *start = calloc((size_t)rows + 1, sizeof(int64_t));
    if (!start) return -1;
    int64_t filled = 0, total = 0;
    double *crossings = NULL;
    int64_t *next = NULL;

    for (int pass = 0; pass < 2; pass++) {
        for (int64_t ring = 0; ring < n_rings; ring++) {
            const int64_t from = ring_offsets[ring], to = ring_offsets[ring + 1];
            if (from < 0 || to > n_points || to - from < 3) continue;
            for (int64_t i = from; i < to; i++) {
                const int64_t j = i + 1 < to ? i + 1 : from;
                double x0 = xy[2 * i], y0 = xy[2 * i + 1], x1 = xy[2 * j], y1 = xy[2 * j + 1];
                if (!isfinite(x0) || !isfinite(y0) || !isfinite(x1) || !isfinite(y1) || y0 == y1) continue;
                if (y0 > y1) {
                    double t = y0; y0 = y1; y1 = t;
                    t = x0; x0 = x1; x1 = t;
                }
                int64_t low = first_row(y0, all_rows), high = first_row(y1, all_rows);
                if (low < top) low = top;
                if (high > bottom) high = bottom;
                if (pass == 0) {
                    for (int64_t r = low; r < high; r++) start[r - top + 1]++;
                } else {
                    const double slope = (x1 - x0) / (y1 - y0);
                    for (int64_t r = low; r < high; r++)
                        crossings[next[r - top]++] = x0 + ((double)r + 0.5 - y0) * slope;
                }
            }
        }
        if (pass == 0) {
            for (int64_t r = 0; r < rows; r++) start[r + 1] += start[r];
            total = start[rows];
            if (total == 0) { free(start); return 0; }
            crossings = malloc((size_t)total * sizeof(double));
            next = malloc((size_t)rows * sizeof(int64_t));
            if (!crossings || !next) { free(start); free(crossings); free(next); return -1; }
            memcpy(next, start, (size_t)rows * sizeof(int64_t));
        }
    }
    for (int64_t r = 0; r < rows; r++) {
        const int64_t n = start[r + 1] - start[r];
        if (n < 2) continue;
        double *row = crossings + start[r];
        qsort(row, (size_t)n, sizeof(double), by_value);
        for (int64_t k = 0; k + 1 < n; k += 2) {
            const int64_t left = first_row(row[k], columns), right = first_row(row[k + 1], columns);
            if (right > left) {
                memset(out + (r + top) * columns + left, value, (size_t)(right - left));
                filled += right - left;
            }
        }
    }
    free(start); free(crossings); free(next);
    return filled;
}
