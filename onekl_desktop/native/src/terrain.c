/* Heights: slope, and where water flows (D8 and multiple flow directions) over filled heights. */
#include "kernels.h"
#include "queue.h"

#include <math.h>

const int64_t ONEKL_DROW[8] = {0, -1, -1, -1, 0, 1, 1, 1};
const int64_t ONEKL_DCOLUMN[8] = {1, 1, 0, -1, -1, -1, 0, 1};

#define ROOT2 1.4142135623730951
#define ROOT2_INVERSE 0.7071067811865475

/* One axis of the slope at a cell: three lines of (low, middle, high), valid or not. */
static double axis_slope(const double value[3][3], const uint8_t ok[3][3], int across) {
    double sum = 0.0, weight = 0.0;
#define AT(line, place) value[across ? (place) : (line)][across ? (line) : (place)]
#define OK(line, place) ok[across ? (place) : (line)][across ? (line) : (place)]
    double centre = value[1][1];
    for (int line = 0; line < 3; line++) {
        double factor = line == 1 ? 2.0 : 1.0;
        if (OK(line, 0) && OK(line, 2)) {
            sum += factor * (AT(line, 0) - AT(line, 2));
            weight += 2.0 * factor;
        } else if (OK(line, 0)) {
            sum += line == 1 || OK(line, 1) ? factor * (AT(line, 0) - AT(line, 1)) : (AT(line, 0) - centre) * ROOT2;
            weight += factor;
        } else if (OK(line, 2)) {
            sum += line == 1 || OK(line, 1) ? factor * (AT(line, 1) - AT(line, 2)) : (centre - AT(line, 2)) * ROOT2;
            weight += factor;
        }
    }
#undef AT
#undef OK
    return weight > 0.0 ? sum / weight : 0.0;
}

int32_t onekl_slope(const double *heights, const uint8_t *valid, int64_t rows, int64_t columns, double cell_x,
                 double cell_y, float nodata, float *slope, int64_t *task) {
    for (int64_t row = 0; row < rows; row++) {
        for (int64_t column = 0; column < columns; column++) {
            int64_t cell = row * columns + column;
            if (!valid[cell]) {
                slope[cell] = nodata;
                continue;
            }
            double value[3][3];
            uint8_t ok[3][3];
            for (int i = 0; i < 3; i++) {
                for (int j = 0; j < 3; j++) {
                    int64_t r = row + i - 1, c = column + j - 1;
                    ok[i][j] = r >= 0 && c >= 0 && r < rows && c < columns && valid[r * columns + c];
                    value[i][j] = ok[i][j] ? heights[r * columns + c] : 0.0;
                }
            }
            double x = axis_slope(value, ok, 0) / cell_x;
            double y = axis_slope(value, ok, 1) / cell_y;
            slope[cell] = (float)(100.0 * sqrt(x * x + y * y));
        }
        if (onekl_tick(task, columns)) return ONEKL_STOPPED;
    }
    return 0;
}

/* What the two direction kernels share: the flat area around a cell without a lower neighbour. */
typedef struct {
    const double *heights;
    const uint8_t *valid;
    int64_t rows, columns;
    uint8_t *seen;
    double *distance;
    Queue search, drains, outward, flat;
} Plateau;

static Plateau plateau_of(const double *heights, const uint8_t *valid, int64_t rows, int64_t columns, uint8_t *seen,
                          double *distance) {
    Plateau plateau = {heights, valid, rows, columns, seen, distance, {0}, {0}, {0}, {0}};
    return plateau;
}

static void plateau_end(Plateau *plateau) {
    free(plateau->search.items);
    free(plateau->drains.items);
    free(plateau->outward.items);
    free(plateau->flat.items);
}

static int inside(const Plateau *plateau, int64_t row, int64_t column) {
    return row >= 0 && column >= 0 && row < plateau->rows && column < plateau->columns &&
           plateau->valid[row * plateau->columns + column];
}

/* Positive drops to the neighbours (diagonals by root 2); their sum, and whether the cell touches the outside. */
static double drops(const Plateau *plateau, int64_t cell, double drop[8], uint8_t outside[8], int *touches) {
    int64_t row = cell / plateau->columns, column = cell % plateau->columns;
    double sum = 0.0, height = plateau->heights[cell];
    *touches = 0;
    for (int k = 0; k < 8; k++) {
        int64_t r = row + ONEKL_DROW[k], c = column + ONEKL_DCOLUMN[k];
        drop[k] = 0.0;
        outside[k] = !inside(plateau, r, c);
        if (outside[k]) {
            *touches = 1;
            continue;
        }
        double fall = height - plateau->heights[r * plateau->columns + c];
        if (fall > 0.0) {
            drop[k] = k & 1 ? fall * ROOT2_INVERSE : fall;
            sum += drop[k];
        }
    }
    return sum;
}

static int steepest(const double drop[8]) {
    int best = -1;
    double largest = 0.0;
    for (int k = 0; k < 8; k++)
        if (drop[k] > largest) {
            largest = drop[k];
            best = k;
        }
    return best;
}

/* Collects the flat area around `root` breadth first: its drains (a lower neighbour), the cells that touch the
 * outside, and all of its cells. */
static int collect(Plateau *plateau, int64_t root) {
    double drop[8];
    uint8_t outside[8];
    int touches;
    queue_clear(&plateau->search);
    queue_clear(&plateau->drains);
    queue_clear(&plateau->outward);
    queue_clear(&plateau->flat);
    plateau->seen[root] = 1;
    if (queue_push(&plateau->search, root)) return -1;
    while (plateau->search.size > 0) {
        int64_t cell = queue_pop(&plateau->search);
        int64_t row = cell / plateau->columns, column = cell % plateau->columns;
        for (int k = 0; k < 8; k++) {
            int64_t r = row + ONEKL_DROW[k], c = column + ONEKL_DCOLUMN[k];
            if (!inside(plateau, r, c)) continue;
            int64_t other = r * plateau->columns + c;
            if (plateau->heights[other] == plateau->heights[cell] && !plateau->seen[other]) {
                plateau->seen[other] = 1;
                if (queue_push(&plateau->search, other)) return -1;
            }
        }
        double sum = drops(plateau, cell, drop, outside, &touches);
        plateau->distance[cell] = INFINITY;
        if (queue_push(&plateau->flat, cell)) return -1;
        if (sum > 0.0) {
            if (queue_push(&plateau->drains, cell)) return -1;
        } else if (touches && queue_push(&plateau->outward, cell)) {
            return -1;
        }
    }
    return 0;
}

static int outward_direction(const uint8_t outside[8]) {
    for (int k = 0; k < 8; k += 2)
        if (outside[k]) return k;
    for (int k = 7; k > 0; k -= 2)
        if (outside[k]) return k;
    return 0;
}

/* Relaxes distances from the drains, first in first out; `directions` (may be NULL) takes the D8 way back. */
static int spread(Plateau *plateau, uint8_t *directions) {
    while (plateau->drains.size > 0) {
        int64_t cell = queue_pop(&plateau->drains);
        int64_t row = cell / plateau->columns, column = cell % plateau->columns;
        for (int k = 0; k < 8; k++) {
            int64_t r = row + ONEKL_DROW[k], c = column + ONEKL_DCOLUMN[k];
            if (!inside(plateau, r, c)) continue;
            int64_t other = r * plateau->columns + c;
            double distance = plateau->distance[cell] + (k & 1 ? ROOT2 : 1.0);
            if (plateau->heights[other] == plateau->heights[cell] && plateau->distance[other] > distance) {
                plateau->distance[other] = distance;
                if (directions) directions[other] = (uint8_t)((k + 4) & 7);
                if (queue_push(&plateau->drains, other)) return -1;
            }
        }
    }
    return 0;
}

#define BLOCK 256
/* Cells in the order of 256 x 256 blocks, row by row: the order in which plateaus are found decides ties. */
#define SCAN_BLOCKS(rows, columns, cell)                                                                              \
    for (int64_t block_row = 0; block_row < (rows); block_row += BLOCK)                                               \
        for (int64_t block_column = 0; block_column < (columns); block_column += BLOCK)                               \
            for (int64_t row_ = block_row; row_ < block_row + BLOCK && row_ < (rows); row_++)                         \
                for (int64_t cell = row_ * (columns) + block_column,                                                  \
                             end_ = row_ * (columns) +                                                                \
                                    (block_column + BLOCK < (columns) ? block_column + BLOCK : (columns));            \
                     cell < end_; cell++)
#define FIRST_OF_ROW(cell, columns) ((cell) == row_ * (columns) + block_column)
#define WIDTH_OF_ROW(columns) (block_column + BLOCK < (columns) ? BLOCK : (columns) - block_column)

int32_t onekl_flow_d8(const double *heights, const uint8_t *valid, int64_t rows, int64_t columns, uint8_t nodata,
                      uint8_t *seen, double *distance, uint8_t *directions, int64_t *task) {
    Plateau plateau = plateau_of(heights, valid, rows, columns, seen, distance);
    int32_t status = -1;
    double drop[8];
    uint8_t outside[8];
    int touches;
    memset(directions, nodata, (size_t)(rows * columns));
    SCAN_BLOCKS(rows, columns, cell) {
        if (FIRST_OF_ROW(cell, columns) && onekl_tick(task, WIDTH_OF_ROW(columns))) {
            status = ONEKL_STOPPED;
            goto done;
        }
        if (!valid[cell] || directions[cell] != nodata) continue;
        if (drops(&plateau, cell, drop, outside, &touches) > 0.0) {
            directions[cell] = (uint8_t)steepest(drop);
            continue;
        }
        if (collect(&plateau, cell)) goto done;
        Queue *from = &plateau.drains;
        int outward = from->size == 0;
        if (outward) from = &plateau.outward;
        for (int64_t at = 0; at < from->size; at++) {
            int64_t drain = from->items[from->first + at];
            drops(&plateau, drain, drop, outside, &touches);
            directions[drain] = (uint8_t)(outward ? outward_direction(outside) : steepest(drop));
            plateau.distance[drain] = 0.0;
            if (outward && queue_push(&plateau.drains, drain)) goto done;
        }
        if (spread(&plateau, directions)) goto done;
    }
    status = 0;
done:
    plateau_end(&plateau);
    return status;
}

static uint32_t pack(const double share[8], double sum) {
    uint32_t packed = 0;
    for (int k = 0; k < 8; k++) {
        if (share[k] <= 0.0) continue;
        uint32_t weight = (uint32_t)(0.5 + share[k] / sum * 15.0);
        packed |= (weight & 15u) << (4 * k);
    }
    return packed;
}

int32_t onekl_flow_mfd(const double *heights, const uint8_t *valid, int64_t rows, int64_t columns, uint8_t *seen,
                       double *distance, uint32_t *flow, int64_t *task) {
    Plateau plateau = plateau_of(heights, valid, rows, columns, seen, distance);
    int32_t status = -1;
    double drop[8], share[8];
    uint8_t outside[8];
    int touches;
    memset(flow, 0, (size_t)(rows * columns) * sizeof(uint32_t));
    SCAN_BLOCKS(rows, columns, cell) {
        if (FIRST_OF_ROW(cell, columns) && onekl_tick(task, WIDTH_OF_ROW(columns))) {
            status = ONEKL_STOPPED;
            goto done;
        }
        if (!valid[cell] || flow[cell]) continue;
        double sum = drops(&plateau, cell, drop, outside, &touches);
        if (sum > 0.0) {
            flow[cell] = pack(drop, sum);
            continue;
        }
        if (plateau.seen[cell]) continue;
        if (collect(&plateau, cell)) goto done;
        Queue *from = &plateau.drains;
        int outward = from->size == 0;
        if (outward) from = &plateau.outward;
        for (int64_t at = 0; at < from->size; at++) {
            int64_t drain = from->items[from->first + at];
            sum = drops(&plateau, drain, drop, outside, &touches);
            if (outward) {
                sum = 0.0;
                for (int k = 0; k < 8; k++) {
                    drop[k] = outside[k] ? (k & 1 ? ROOT2_INVERSE : 1.0) : 0.0;
                    sum += drop[k];
                }
            }
            flow[drain] = pack(drop, sum);
            plateau.distance[drain] = 0.0;
            if (outward && queue_push(&plateau.drains, drain)) goto done;
        }
        if (spread(&plateau, NULL)) goto done;
        for (int64_t at = 0; at < plateau.flat.size; at++) {
            int64_t flat = plateau.flat.items[plateau.flat.first + at];
            if (flow[flat]) continue;
            int64_t row = flat / columns, column = flat % columns;
            sum = 0.0;
            for (int k = 0; k < 8; k++) {
                int64_t r = row + ONEKL_DROW[k], c = column + ONEKL_DCOLUMN[k];
                share[k] = 0.0;
                if (!inside(&plateau, r, c)) continue;
                int64_t other = r * columns + c;
                if (heights[other] == heights[flat] && plateau.distance[other] < plateau.distance[flat]) {
                    share[k] = k & 1 ? ROOT2_INVERSE : 1.0;
                    sum += share[k];
                }
            }
            if (sum > 0.0) flow[flat] = pack(share, sum);
        }
    }
    status = 0;
done:
    plateau_end(&plateau);
    return status;
}
