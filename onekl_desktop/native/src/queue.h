/* A queue of cells that grows; taken first in, first out (queue_pop) or last in, first out (queue_pop_last). */
#ifndef ONEKL_QUEUE_H
#define ONEKL_QUEUE_H
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    int64_t *items;
    int64_t first, size, room;
} Queue;

/* Returns 0, or -1 when memory is short. */
static inline int queue_push(Queue *queue, int64_t cell) {
    if (queue->first + queue->size == queue->room) {
        if (queue->first > queue->room / 2) {
            memmove(queue->items, queue->items + queue->first, (size_t)queue->size * sizeof(int64_t));
            queue->first = 0;
        } else {
            int64_t room = queue->room ? queue->room * 2 : 256;
            int64_t *items = realloc(queue->items, (size_t)room * sizeof(int64_t));
            if (!items) return -1;
            queue->items = items;
            queue->room = room;
        }
    }
    queue->items[queue->first + queue->size++] = cell;
    return 0;
}

static inline int64_t queue_pop(Queue *queue) {
    queue->size--;
    return queue->items[queue->first++];
}

static inline int64_t queue_pop_last(Queue *queue) { return queue->items[queue->first + --queue->size]; }

static inline void queue_clear(Queue *queue) { queue->first = queue->size = 0; }
#endif
