/* Patches of equal codes: one pass with a union-find (Rosenfeld & Pfaltz 1966; path halving). */
#include "kernels.h"

#include <stdlib.h>

static int32_t find(int32_t *parent, int32_t label) {
    while (parent[label] != label) {
        parent[label] = parent[parent[label]];
        label = parent[label];
    }
    return label;
}

int64_t onekl_label(const int32_t *codes, const uint8_t *valid, int64_t rows, int64_t columns, int32_t *labels,
                    int64_t *task) {
    int64_t room = 1024, count = 1;
    int32_t *parent = malloc((size_t)room * sizeof(int32_t));
    if (!parent) return -1;
    parent[0] = 0;
    for (int64_t row = 0; row < rows; row++) {
        for (int64_t column = 0; column < columns; column++) {
            int64_t cell = row * columns + column;
            labels[cell] = 0;
            if (!valid[cell]) continue;
            int32_t mine = 0;
            for (int k = 1; k < 5; k++) { /* NE, N, NW, W: the neighbours that have been seen */
                int64_t r = row + ONEKL_DROW[k], c = column + ONEKL_DCOLUMN[k];
                if (r < 0 || c < 0 || c >= columns) continue;
                int64_t other = r * columns + c;
                if (!valid[other] || codes[other] != codes[cell]) continue;
                int32_t theirs = find(parent, labels[other]);
                if (!mine) {
                    mine = theirs;
                } else if (theirs < mine) {
                    parent[mine] = theirs;
                    mine = theirs;
                } else if (theirs > mine) {
                    parent[theirs] = mine;
                }
            }
            if (!mine) {
                if (count == room) {
                    room *= 2;
                    int32_t *more = realloc(parent, (size_t)room * sizeof(int32_t));
                    if (!more) {
                        free(parent);
                        return -1;
                    }
                    parent = more;
                }
                mine = (int32_t)count;
                parent[count++] = mine;
            }
            labels[cell] = mine;
        }
        if (onekl_tick(task, columns)) {
            free(parent);
            return ONEKL_STOPPED;
        }
    }
    int64_t patches = 0;
    for (int64_t label = 1; label < count; label++) { /* what a label hangs on is smaller, so numbered (below 0) already */
        int32_t on = parent[label];
        parent[label] = on == label ? (int32_t)(-++patches) : parent[on];
    }
    for (int64_t cell = 0; cell < rows * columns; cell++)
        if (labels[cell]) labels[cell] = -parent[labels[cell]];
    free(parent);
    return patches;
}
