/* What water carries along packed flow directions: eight weights of four bits, direction k in bits 4k to 4k + 3. */
#include "kernels.h"
#include "queue.h"

#include <math.h>

#define ROOT2 1.4142135623730951
#define WEIGHT(flow, k) (((flow) >> (4 * (k))) & 15u)

static int in_map(int64_t row, int64_t column, int64_t rows, int64_t columns) {
    return row >= 0 && column >= 0 && row < rows && column < columns;
}

static double weight_sum(uint32_t flow) {
    uint32_t sum = 0;
    for (int k = 0; k < 8; k++) sum += WEIGHT(flow, k);
    return (double)sum;
}

#define BLOCK 256

int64_t onekl_flow_order(const uint32_t *flow, int64_t rows, int64_t columns, uint8_t *waiting, int32_t *order,
                         int64_t *task) {
    /* Kahn's algorithm, last in first out, from the ridges of one block after the other: a path is followed down until
     * it waits for another. Cells of a cycle (hostile input) never enter the order. */
    int64_t count = 0;
    Queue open = {0};
    for (int64_t row = 0; row < rows; row++) {
        for (int64_t column = 0; column < columns; column++) {
            uint32_t here = flow[row * columns + column];
            for (int k = 0; here && k < 8; k++) {
                int64_t r = row + ONEKL_DROW[k], c = column + ONEKL_DCOLUMN[k];
                if (WEIGHT(here, k) && in_map(r, c, rows, columns)) waiting[r * columns + c]++;
            }
        }
        if (onekl_tick(task, columns)) return ONEKL_STOPPED;
    }
    for (int64_t block_row = 0; block_row < rows; block_row += BLOCK)
        for (int64_t block_column = 0; block_column < columns; block_column += BLOCK) {
            int64_t before = count;
            for (int64_t row_ = block_row; row_ < block_row + BLOCK && row_ < rows; row_++)
                for (int64_t column_ = block_column; column_ < block_column + BLOCK && column_ < columns; column_++) {
                    int64_t ridge = row_ * columns + column_;
                    /* 255: in the order already. A cell has at most eight above it. */
                    if (!flow[ridge] || waiting[ridge]) continue;
                    waiting[ridge] = 255;
                    if (queue_push(&open, ridge)) {
                        free(open.items);
                        return -1;
                    }
                    while (open.size > 0) {
                        int64_t cell = queue_pop_last(&open), row = cell / columns, column = cell % columns;
                        order[count++] = (int32_t)cell;
                        for (int k = 0; k < 8; k++) {
                            int64_t r = row + ONEKL_DROW[k], c = column + ONEKL_DCOLUMN[k];
                            if (!WEIGHT(flow[cell], k) || !in_map(r, c, rows, columns)) continue;
                            int64_t other = r * columns + c;
                            if (waiting[other] == 0 || waiting[other] == 255 || --waiting[other]) continue;
                            if (!flow[other]) continue;
                            waiting[other] = 255;
                            if (queue_push(&open, other)) {
                                free(open.items);
                                return -1;
                            }
                        }
                    }
                }
            if (onekl_tick(task, count - before)) {
                free(open.items);
                return ONEKL_STOPPED;
            }
        }
    free(open.items);
    return count;
}

/* Inside a loop over `at`: looks at the task now and then, and leaves the kernel when it is stopped. */
#define LOOK(task, at)                                                                                                \
    if ((at) % ONEKL_STRIDE == 0 && onekl_tick(task, ONEKL_STRIDE)) return ONEKL_STOPPED

int32_t onekl_accumulate(const uint32_t *flow, const int32_t *order, int64_t n_order, int64_t rows, int64_t columns,
                      int32_t own, double *sums, int64_t *task) {
    /* What a cell has itself is 1, or what `sums` holds there (`own`). */
    for (int64_t at = 0; at < n_order; at++) {
        LOOK(task, at);
        int64_t cell = order[at], row = cell / columns, column = cell % columns;
        double sum = own ? sums[cell] : 1.0;
        for (int k = 0; k < 8; k++) {
            int64_t r = row + ONEKL_DROW[k], c = column + ONEKL_DCOLUMN[k];
            if (!in_map(r, c, rows, columns)) continue;
            uint32_t other = flow[r * columns + c];
            uint32_t weight = WEIGHT(other, (k + 4) & 7);
            if (weight) sum += sums[r * columns + c] * ((double)weight / weight_sum(other));
        }
        sums[cell] = sum;
    }
    return 0;
}

int32_t onekl_streams_mfd(const uint32_t *flow, const double *accumulation, int64_t rows, int64_t columns,
                          double threshold, double trace_factor, uint8_t nodata, uint8_t *streams, int64_t *task) {
    /* Upslope from the outlets, first in first out; 2 marks a cell that becomes stream only if a stream is found above
     * it. A cell enters the queue once. */
    int64_t n = rows * columns;
    int32_t status = -1;
    Queue open = {0}, back = {0};
    for (int64_t cell = 0; cell < n; cell++) streams[cell] = flow[cell] ? 0 : nodata;
    for (int64_t root = 0; root < n; root++) {
        if (root % ONEKL_STRIDE == 0 && onekl_tick(task, ONEKL_STRIDE)) {
            status = ONEKL_STOPPED;
            goto done;
        }
        if (!flow[root] || streams[root] == 1 || !(accumulation[root] >= threshold)) continue;
        int64_t row = root / columns, column = root % columns;
        int outlet = 0;
        for (int k = 0; k < 8 && !outlet; k++) {
            int64_t r = row + ONEKL_DROW[k], c = column + ONEKL_DCOLUMN[k];
            if (WEIGHT(flow[root], k)) outlet = !in_map(r, c, rows, columns) || !flow[r * columns + c];
        }
        if (!outlet) continue;
        streams[root] = 1;
        if (queue_push(&open, root)) goto done;
        while (open.size > 0) {
            int64_t cell = queue_pop(&open);
            row = cell / columns;
            column = cell % columns;
            for (int k = 0; k < 8; k++) {
                int64_t r = row + ONEKL_DROW[k], c = column + ONEKL_DCOLUMN[k];
                if (!in_map(r, c, rows, columns)) continue;
                int64_t other = r * columns + c;
                if (!WEIGHT(flow[other], (k + 4) & 7) || streams[other] != 0) continue;
                if (accumulation[other] >= threshold) {
                    streams[other] = 1;
                    if (queue_push(&open, other) || queue_push(&back, other)) goto done;
                    while (back.size > 0) {
                        int64_t from = queue_pop_last(&back);
                        int64_t from_row = from / columns, from_column = from % columns;
                        for (int b = 0; b < 8; b++) {
                            int64_t br = from_row + ONEKL_DROW[b], bc = from_column + ONEKL_DCOLUMN[b];
                            if (!WEIGHT(flow[from], b) || !in_map(br, bc, rows, columns)) continue;
                            int64_t below = br * columns + bc;
                            if (streams[below] == 2) {
                                streams[below] = 1;
                                if (queue_push(&back, below)) goto done;
                            }
                        }
                    }
                } else if (accumulation[other] >= threshold * trace_factor) {
                    streams[other] = 2;
                    if (queue_push(&open, other)) goto done;
                }
            }
        }
    }
    for (int64_t cell = 0; cell < n; cell++)
        if (streams[cell] == 2) streams[cell] = 0;
    status = 0;
done:
    free(open.items);
    free(back.items);
    return status;
}

int32_t onekl_distance_to_channel(const uint32_t *flow, const int32_t *order, int64_t n_order, int64_t rows,
                                  int64_t columns, const uint8_t *streams, const float *weights, int32_t own_weight,
                                  double nodata, double *distance, int64_t *task) {
    for (int64_t cell = 0; cell < rows * columns; cell++) distance[cell] = nodata;
    for (int64_t at = n_order - 1; at >= 0; at--) {
        LOOK(task, at);
        int64_t cell = order[at], row = cell / columns, column = cell % columns;
        if (streams[cell] == 1) {
            distance[cell] = 0.0;
            continue;
        }
        double sum = 0.0, total = 0.0;
        for (int k = 0; k < 8; k++) {
            uint32_t weight = WEIGHT(flow[cell], k);
            int64_t r = row + ONEKL_DROW[k], c = column + ONEKL_DCOLUMN[k];
            if (!weight || !in_map(r, c, rows, columns)) continue;
            int64_t other = r * columns + c;
            if (!flow[other] || distance[other] == nodata) continue;
            double step = !weights ? (k & 1 ? ROOT2 : 1.0) : (double)weights[own_weight ? cell : other];
            sum += (double)weight * (step + distance[other]);
            total += (double)weight;
        }
        if (total > 0.0) distance[cell] = sum / total;
    }
    return 0;
}

int32_t onekl_deposition(const uint32_t *flow, const int32_t *order, int64_t n_order, int64_t rows, int64_t columns,
                         const float *ratio, float nodata, float *deposition, double *flux, int64_t *task) {
    /* `flux` holds what each cell sends off itself; what passes it is added. */
    for (int64_t cell = 0; cell < rows * columns; cell++) deposition[cell] = nodata;
    for (int64_t at = 0; at < n_order; at++) {
        LOOK(task, at);
        int64_t cell = order[at], row = cell / columns, column = cell % columns;
        if (ratio[cell] == nodata) flux[cell] = (double)nodata;
        if (flux[cell] == (double)nodata) continue;
        double arriving = 0.0, downslope = 0.0, total = 0.0;
        for (int k = 0; k < 8; k++) {
            int64_t r = row + ONEKL_DROW[k], c = column + ONEKL_DCOLUMN[k];
            if (!in_map(r, c, rows, columns)) continue;
            int64_t other = r * columns + c;
            uint32_t weight = WEIGHT(flow[other], (k + 4) & 7);
            if (weight && flux[other] != (double)nodata) arriving += flux[other] * ((double)weight / weight_sum(flow[other]));
            weight = WEIGHT(flow[cell], k);
            if (!weight || !flow[other]) continue;
            total += (double)weight;
            if (ratio[other] != nodata) downslope += (double)weight * (ratio[other] == 0.0f ? 1.0 : (double)ratio[other]);
        }
        if (total > 0.0) downslope /= total;
        if (downslope < (double)ratio[cell]) downslope = (double)ratio[cell];
        double trapped = ratio[cell] == 1.0f ? 1.0 : (downslope - (double)ratio[cell]) / (1.0 - (double)ratio[cell]);
        deposition[cell] = (float)(trapped * arriving);
        flux[cell] += (1.0 - trapped) * arriving;
    }
    return 0;
}

static double retention_of(const uint32_t *flow, const uint8_t *streams, const float *efficiency,
                           const float *critical_length, const float *retention, int64_t cell, int64_t rows,
                           int64_t columns, double cell_size, float nodata) {
    if (streams[cell] == 1) return 0.0;
    double own = efficiency[cell], length = critical_length[cell];
    if (!(own >= 0.0)) return (double)nodata;
    int64_t row = cell / columns, column = cell % columns;
    double sum = 0.0, total = 0.0;
    for (int k = 0; k < 8; k++) {
        uint32_t weight = WEIGHT(flow[cell], k);
        if (!weight) continue;
        total += (double)weight;
        int64_t r = row + ONEKL_DROW[k], c = column + ONEKL_DCOLUMN[k];
        if (!in_map(r, c, rows, columns)) continue;
        if (retention[r * columns + c] == nodata) continue;
        double below = (double)retention[r * columns + c];
        double factor = length > 0.0 ? exp(-5.0 * (k & 1 ? cell_size * ROOT2 : cell_size) / length) : 0.0;
        if (below == 0.0)
            sum += weight * (own * (1.0 - factor));
        else if (own > below)
            sum += weight * (below * factor + own * (1.0 - factor));
        else
            sum += weight * below;
    }
    return total > 0.0 ? sum / total : (double)nodata;
}

int32_t onekl_retention(const uint32_t *flow, const int32_t *order, int64_t n_order, int64_t rows, int64_t columns,
                        const uint8_t *streams, const float *efficiency, const float *critical_length,
                        double cell_size, float nodata, int32_t block_order, uint8_t *ways, float *retention, int64_t *task) {
    int64_t n = rows * columns;
    for (int64_t cell = 0; cell < n; cell++) retention[cell] = nodata;
    if (!block_order) { /* from the outlets upslope, each cell after all it flows into */
        for (int64_t at = n_order - 1; at >= 0; at--) {
            LOOK(task, at);
            retention[order[at]] = (float)retention_of(flow, streams, efficiency, critical_length, retention, order[at], rows,
                                                columns, cell_size, nodata);
        }
        return 0;
    }
    /* The order of 256 x 256 blocks: a cell is computed as soon as one of its ways out is found to end, also before
     * the others are known. */
    Queue stack = {0};
    int32_t status = -1;
    for (int64_t cell = 0; cell < n; cell++)
        for (int k = 0; k < 8; k++)
            if (WEIGHT(flow[cell], k)) ways[cell] |= (uint8_t)(1u << k);
    for (int64_t block_row = 0; block_row < rows; block_row += 256) {
        for (int64_t block_column = 0; block_column < columns; block_column += 256) {
            for (int64_t row = block_row; row < rows && row < block_row + 256; row++) {
                for (int64_t column = block_column; column < columns && column < block_column + 256; column++) {
                    int64_t cell = row * columns + column;
                    if (!ways[cell]) continue;
                    uint8_t left = ways[cell];
                    for (int k = 0; k < 8; k++) {
                        if (!(left & (1u << k))) continue;
                        int64_t r = row + ONEKL_DROW[k], c = column + ONEKL_DCOLUMN[k];
                        if (!in_map(r, c, rows, columns) || !ways[r * columns + c]) left &= (uint8_t)~(1u << k);
                    }
                    if (left != ways[cell]) {
                        ways[cell] = left;
                        if (queue_push(&stack, cell)) goto done;
                    }
                }
            }
            while (stack.size > 0) {
                int64_t cell = queue_pop_last(&stack), row = cell / columns, column = cell % columns;
                retention[cell] = (float)retention_of(flow, streams, efficiency, critical_length, retention, cell, rows,
                                               columns, cell_size, nodata);
                for (int k = 0; k < 8; k++) {
                    int64_t r = row + ONEKL_DROW[k], c = column + ONEKL_DCOLUMN[k];
                    if (!in_map(r, c, rows, columns)) continue;
                    int64_t other = r * columns + c;
                    uint8_t bit = (uint8_t)(1u << ((k + 4) & 7));
                    if (!(ways[other] & bit)) continue;
                    ways[other] &= (uint8_t)~bit;
                    if (!ways[other] && queue_push(&stack, other)) goto done;
                }
            }
            if (onekl_tick(task, BLOCK * BLOCK)) {
                status = ONEKL_STOPPED;
                goto done;
            }
        }
    }
    status = 0;
done:
    free(stack.items);
    return status;
}

int64_t onekl_upslope(const uint32_t *flow, int64_t rows, int64_t columns, uint8_t *marked, int64_t *task) {
    int64_t count = 0;
    Queue open = {0};
    for (int64_t cell = 0; cell < rows * columns; cell++)
        if (marked[cell] && queue_push(&open, cell)) {
            free(open.items);
            return -1;
        }
    while (open.size > 0) {
        int64_t cell = queue_pop_last(&open), row = cell / columns, column = cell % columns;
        if (count++ % ONEKL_STRIDE == 0 && onekl_tick(task, ONEKL_STRIDE)) {
            free(open.items);
            return ONEKL_STOPPED;
        }
        for (int k = 0; k < 8; k++) {
            int64_t r = row + ONEKL_DROW[k], c = column + ONEKL_DCOLUMN[k];
            if (!in_map(r, c, rows, columns)) continue;
            int64_t other = r * columns + c;
            if (marked[other] || !WEIGHT(flow[other], (k + 4) & 7)) continue;
            marked[other] = 1;
            if (queue_push(&open, other)) {
                free(open.items);
                return -1;
            }
        }
    }
    free(open.items);
    return count;
}
