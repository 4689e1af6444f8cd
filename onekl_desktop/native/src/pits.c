/* Pits filled tile by tile (Barnes 2016, "Parallel Priority-Flood depression filling for trillion cell digital elevation
 * models on desktops or clusters"): each tile is flooded from its rim, which cuts it into catchments of rim cells; how
 * high water must rise to pass from one to another makes a graph; the graph is flooded from outside, and each cell
 * rises to the level of its catchment. The result does not depend on the tiles. */
#include "kernels.h"
#include "queue.h"

#include <math.h>

typedef struct {
    double height;
    int64_t cell;
} Entry;

typedef struct {
    Entry *items;
    int64_t size, room;
} Heap;

static int heap_push(Heap *heap, double height, int64_t cell) {
    if (heap->size == heap->room) {
        int64_t room = heap->room ? heap->room * 2 : 1024;
        Entry *items = realloc(heap->items, (size_t)room * sizeof(Entry));
        if (!items) return -1;
        heap->items = items;
        heap->room = room;
    }
    int64_t at = heap->size++;
    while (at > 0) {
        int64_t parent = (at - 1) / 2;
        if (heap->items[parent].height <= height) break;
        heap->items[at] = heap->items[parent];
        at = parent;
    }
    heap->items[at].height = height;
    heap->items[at].cell = cell;
    return 0;
}

static Entry heap_pop(Heap *heap) {
    Entry top = heap->items[0];
    Entry last = heap->items[--heap->size];
    int64_t at = 0;
    for (;;) {
        int64_t child = 2 * at + 1;
        if (child >= heap->size) break;
        if (child + 1 < heap->size && heap->items[child + 1].height < heap->items[child].height) child++;
        if (heap->items[child].height >= last.height) break;
        heap->items[at] = heap->items[child];
        at = child;
    }
    if (heap->size > 0) heap->items[at] = last;
    return top;
}

/* A way between two catchments, and how high water must stand to take it. */
typedef struct {
    int32_t from, to;
    double height;
} Pass;

/* Passes of the tile at hand, the lowest for each pair, found by hashing; then those of all tiles. */
typedef struct {
    Pass *items;
    int64_t size, room;
    int64_t first;      /* of the tile at hand */
    int64_t *slots;     /* place in `items`, plus 1 */
    int64_t slot_count; /* a power of two */
} Passes;

static uint64_t mix(int32_t from, int32_t to) {
    uint64_t key = ((uint64_t)(uint32_t)from << 32) | (uint32_t)to;
    key *= 0x9E3779B97F4A7C15ULL;
    return key ^ (key >> 29);
}

static int passes_regrow(Passes *passes, int64_t slot_count) {
    int64_t *slots = calloc((size_t)slot_count, sizeof(int64_t));
    if (!slots) return -1;
    free(passes->slots);
    passes->slots = slots;
    passes->slot_count = slot_count;
    for (int64_t at = passes->first; at < passes->size; at++) {
        uint64_t slot = mix(passes->items[at].from, passes->items[at].to) & (uint64_t)(slot_count - 1);
        while (slots[slot]) slot = (slot + 1) & (uint64_t)(slot_count - 1);
        slots[slot] = at + 1;
    }
    return 0;
}

static int passes_next_tile(Passes *passes) {
    passes->first = passes->size;
    if (!passes->slots) return passes_regrow(passes, 1 << 14);
    memset(passes->slots, 0, (size_t)passes->slot_count * sizeof(int64_t));
    return 0;
}

static int passes_add(Passes *passes, int32_t one, int32_t other, double height) {
    int32_t from = one < other ? one : other, to = one < other ? other : one;
    uint64_t last = (uint64_t)(passes->slot_count - 1), slot = mix(from, to) & last;
    for (; passes->slots[slot]; slot = (slot + 1) & last) {
        Pass *known = &passes->items[passes->slots[slot] - 1];
        if (known->from != from || known->to != to) continue;
        if (height < known->height) known->height = height;
        return 0;
    }
    if (passes->size == passes->room) {
        int64_t room = passes->room ? passes->room * 2 : 4096;
        Pass *items = realloc(passes->items, (size_t)room * sizeof(Pass));
        if (!items) return -1;
        passes->items = items;
        passes->room = room;
    }
    passes->items[passes->size].from = from;
    passes->items[passes->size].to = to;
    passes->items[passes->size++].height = height;
    passes->slots[slot] = passes->size;
    if ((passes->size - passes->first) * 2 > passes->slot_count) return passes_regrow(passes, passes->slot_count * 2);
    return 0;
}

typedef struct {
    const uint8_t *valid;
    int64_t rows, columns;
    double *filled;
    int32_t *labels; /* 0 not reached, SEED a cell the flood starts from, OUTSIDE, or a catchment */
    Heap heap;
    Queue pit;
    Passes passes;
    int32_t count; /* labels in use */
} Flood;

#define SEED (-1)
#define OUTSIDE 1

/* Floods one tile from its rim and its outlets (Barnes, Lehman & Mulla 2014, algorithm 2: what lies below the flood goes
 * through a plain queue). */
static int flood_tile(Flood *flood, int64_t top, int64_t left, int64_t bottom, int64_t right) {
    const int64_t columns = flood->columns;
    double *filled = flood->filled;
    int32_t *labels = flood->labels;
    flood->heap.size = 0;
    queue_clear(&flood->pit);
    if (passes_next_tile(&flood->passes)) return -1;
    for (int64_t row = top; row < bottom; row++) {
        for (int64_t column = left; column < right; column++) {
            int64_t cell = row * columns + column;
            labels[cell] = 0;
            if (!flood->valid[cell]) continue;
            int out = row == 0 || column == 0 || row == flood->rows - 1 || column == columns - 1;
            for (int k = 0; k < 8 && !out; k++)
                out = !flood->valid[cell + ONEKL_DROW[k] * columns + ONEKL_DCOLUMN[k]];
            int rim = row == top || column == left || row == bottom - 1 || column == right - 1;
            if (!out && !rim) continue;
            labels[cell] = out ? OUTSIDE : SEED;
            if (heap_push(&flood->heap, filled[cell], cell)) return -1;
        }
    }
    while (flood->heap.size > 0 || flood->pit.size > 0) {
        int64_t cell = flood->pit.size > 0 ? queue_pop(&flood->pit) : heap_pop(&flood->heap).cell;
        int64_t row = cell / columns, column = cell % columns;
        if (labels[cell] == SEED) labels[cell] = ++flood->count;
        int32_t mine = labels[cell];
        for (int k = 0; k < 8; k++) {
            int64_t r = row + ONEKL_DROW[k], c = column + ONEKL_DCOLUMN[k];
            if (r < top || c < left || r >= bottom || c >= right) continue;
            int64_t other = r * columns + c;
            if (!flood->valid[other]) continue;
            if (labels[other] == SEED) { /* not lower, as it still waits: its water finds its way through here */
                labels[other] = mine;
            } else if (labels[other] == 0) {
                labels[other] = mine;
                if (filled[other] <= filled[cell]) {
                    filled[other] = filled[cell];
                    if (queue_push(&flood->pit, other)) return -1;
                } else if (heap_push(&flood->heap, filled[other], other)) {
                    return -1;
                }
            } else if (labels[other] != mine) {
                double pass = filled[other] > filled[cell] ? filled[other] : filled[cell];
                if (passes_add(&flood->passes, mine, labels[other], pass)) return -1;
            }
        }
    }
    return 0;
}

/* Passes between a row (or column) of cells and the next tile's; along the rim and across corners. */
static int join(Flood *flood, int64_t row, int64_t column, int64_t step_row, int64_t step_column, int64_t count) {
    const int64_t columns = flood->columns;
    const int64_t across_row = step_column, across_column = step_row; /* towards the other tile: south or east */
    if (passes_next_tile(&flood->passes)) return -1;
    for (int64_t at = 0; at < count; at++) {
        int64_t r = row + at * step_row, c = column + at * step_column, cell = r * columns + c;
        if (!flood->valid[cell]) continue;
        for (int64_t side = -1; side <= 1; side++) {
            int64_t other_row = r + across_row + side * step_row, other_column = c + across_column + side * step_column;
            if (other_row < 0 || other_column < 0 || other_row >= flood->rows || other_column >= columns) continue;
            int64_t other = other_row * columns + other_column;
            if (!flood->valid[other] || flood->labels[other] == flood->labels[cell]) continue;
            double pass = flood->filled[other] > flood->filled[cell] ? flood->filled[other] : flood->filled[cell];
            if (passes_add(&flood->passes, flood->labels[cell], flood->labels[other], pass)) return -1;
        }
    }
    return 0;
}

/* The level of each catchment: how high water must stand there to find its way outside. */
static double *find_levels(Flood *flood) {
    const int64_t count = (int64_t)flood->count + 1;
    const Passes *passes = &flood->passes;
    double *levels = malloc((size_t)count * sizeof(double));
    int64_t *starts = calloc((size_t)count + 1, sizeof(int64_t));
    int64_t *ends = malloc((size_t)(passes->size > 0 ? 2 * passes->size : 1) * sizeof(int64_t)); /* pass * 2 + side */
    uint8_t *done = calloc((size_t)count, 1);
    int ok = levels && starts && ends && done;
    if (ok) {
        for (int64_t at = 0; at < passes->size; at++) {
            starts[passes->items[at].from + 1]++;
            starts[passes->items[at].to + 1]++;
        }
        for (int64_t label = 0; label < count; label++) starts[label + 1] += starts[label];
        for (int64_t at = passes->size - 1; at >= 0; at--) {
            ends[--starts[passes->items[at].from + 1]] = 2 * at;
            ends[--starts[passes->items[at].to + 1]] = 2 * at + 1;
        }
        /* starts[label + 1] now is where the passes of `label` begin; they end where those of the next begin. */
        for (int64_t label = 0; label < count; label++) levels[label] = INFINITY;
        levels[OUTSIDE] = -INFINITY;
        flood->heap.size = 0;
        ok = count <= OUTSIDE || !heap_push(&flood->heap, -INFINITY, OUTSIDE);
        while (ok && flood->heap.size > 0) {
            int64_t label = heap_pop(&flood->heap).cell;
            if (done[label]) continue;
            done[label] = 1;
            int64_t end = label + 1 < count ? starts[label + 2] : 2 * passes->size;
            for (int64_t at = starts[label + 1]; ok && at < end; at++) {
                const Pass *pass = &passes->items[ends[at] / 2];
                int32_t other = ends[at] & 1 ? pass->from : pass->to;
                double level = levels[label] > pass->height ? levels[label] : pass->height;
                if (done[other] || !(level < levels[other])) continue;
                levels[other] = level;
                ok = !heap_push(&flood->heap, level, other);
            }
        }
    }
    free(starts);
    free(ends);
    free(done);
    if (!ok) {
        free(levels);
        return NULL;
    }
    return levels;
}

int32_t onekl_fill_pits(const double *heights, const uint8_t *valid, int64_t rows, int64_t columns, int64_t tile,
                        int32_t *labels, double *filled, int64_t *task) {
    Flood flood = {valid, rows, columns, filled, labels, {0}, {0}, {0}, OUTSIDE};
    double *levels = NULL;
    int32_t status = -1;
    if (tile < 2) tile = 2;
    for (int64_t top = 0; top < rows; top += tile) {
        int64_t bottom = top + tile < rows ? top + tile : rows;
        memcpy(filled + top * columns, heights + top * columns, (size_t)((bottom - top) * columns) * sizeof(double));
        for (int64_t left = 0; left < columns; left += tile) {
            int64_t right = left + tile < columns ? left + tile : columns;
            if (flood_tile(&flood, top, left, bottom, right)) goto done;
            if (onekl_tick(task, (bottom - top) * (right - left))) {
                status = ONEKL_STOPPED;
                goto done;
            }
        }
    }
    for (int64_t row = tile; row < rows; row += tile)
        if (join(&flood, row - 1, 0, 0, 1, columns)) goto done;
    for (int64_t column = tile; column < columns; column += tile)
        if (join(&flood, 0, column - 1, 1, 0, rows)) goto done;
    levels = find_levels(&flood);
    if (!levels) goto done;
    for (int64_t row = 0; row < rows; row++) {
        for (int64_t cell = row * columns; cell < (row + 1) * columns; cell++)
            if (valid[cell] && levels[labels[cell]] > filled[cell]) filled[cell] = levels[labels[cell]];
        if (onekl_tick(task, columns)) {
            status = ONEKL_STOPPED;
            goto done;
        }
    }
    status = 0;
done:
    free(levels);
    free(flood.heap.items);
    free(flood.pit.items);
    free(flood.passes.items);
    free(flood.passes.slots);
    return status;
}
