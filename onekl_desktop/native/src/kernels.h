/* The C inner loops of 1KL Desktop. The Python face checks sizes; kernels never trust content. */
#ifndef ONEKL_KERNELS_H
#define ONEKL_KERNELS_H
#include <stdint.h>

#if defined(_WIN32)
#define ONEKL_API __declspec(dllexport)
#else
#define ONEKL_API __attribute__((visibility("default")))
#endif

#define ONEKL_ABI 11

ONEKL_API int32_t onekl_abi(void);

/* A long kernel's line to its caller: task[0] is set to 1 by another thread when the work is no longer wanted (the
 * kernel then ends early with ONEKL_STOPPED), task[1] counts the cells that are done. `task` may be NULL. */
#define ONEKL_STOPPED (-2)
#define ONEKL_STRIDE 65536 /* cells between two looks at the task */

static inline int onekl_tick(int64_t *task, int64_t cells) {
    if (!task) return 0;
    __atomic_fetch_add(&task[1], cells, __ATOMIC_RELAXED);
    return __atomic_load_n(&task[0], __ATOMIC_RELAXED) != 0;
}

/* counts[z * n_classes + c] += 1 and areas[...] += row_area[row] for every cell whose zone is in
 * 0..n_zones-1 and whose class is in 0..n_classes-1; other cells are left out. */
ONEKL_API void onekl_class_areas(const uint16_t *classes, const int32_t *zones, int64_t rows, int64_t columns,
                                 const double *row_area, int64_t n_zones, int64_t n_classes, int64_t *counts,
                                 double *areas);

/* Sets out[row, column] = value where the cell centre lies inside the rings by the even-odd rule.
 * Coordinates are in cells: cell (r, c) has its centre at x = c + 0.5, y = r + 0.5.
 * Returns the number of cells set, or -1 when memory is short. */
ONEKL_API int64_t onekl_fill_polygon(const double *xy, int64_t n_points, const int64_t *ring_offsets,
                                     int64_t n_rings, uint8_t *out, int64_t rows, int64_t columns, uint8_t value);

/* Fills the chosen shapes in their order, shape k with values[k]; a shape without a cell centre sets the cell of
 * its first vertex. Shape s has the parts shape_offsets[s] .. shape_offsets[s + 1]. Returns as onekl_fill_polygon. */
ONEKL_API int64_t onekl_fill_shapes(const double *xy, int64_t n_points, const int64_t *part_offsets, int64_t n_parts,
                                    const int64_t *shape_offsets, const int64_t *chosen, const uint8_t *values,
                                    int64_t n_chosen, int64_t n_shapes, uint8_t *out, int64_t rows, int64_t columns);

/* Directions k = 0..7 run anticlockwise from east. Heights are double, `valid` is 1 where a cell has a height. */
extern const int64_t ONEKL_DROW[8], ONEKL_DCOLUMN[8];

/* Raises every cell that cannot drain to the edge or to a cell without height to its lowest pour point; `labels` has
 * room for all cells, `tile` is the side of the squares that are flooded one by one.
 * Returns 0, -1 when memory is short, or ONEKL_STOPPED; so do the other kernels that return int32_t. */
ONEKL_API int32_t onekl_fill_pits(const double *heights, const uint8_t *valid, int64_t rows, int64_t columns,
                                  int64_t tile, int32_t *labels, double *filled, int64_t *task);

/* Slope in percent by weighted differences over the 3 x 3 cells around each. */
ONEKL_API int32_t onekl_slope(const double *heights, const uint8_t *valid, int64_t rows, int64_t columns, double cell_x,
                           double cell_y, float nodata, float *slope, int64_t *task);

/* Direction of steepest descent, 0..7; over flat areas the way to their drains. `seen` (zeros) and `distance` (of any
 * content) have room for all cells; they are touched on flat areas only. */
ONEKL_API int32_t onekl_flow_d8(const double *heights, const uint8_t *valid, int64_t rows, int64_t columns,
                                uint8_t nodata, uint8_t *seen, double *distance, uint8_t *directions, int64_t *task);

/* Eight weights of four bits, direction k in bits 4k to 4k + 3; 0 where there is no height. */
ONEKL_API int32_t onekl_flow_mfd(const double *heights, const uint8_t *valid, int64_t rows, int64_t columns,
                                 uint8_t *seen, double *distance, uint32_t *flow, int64_t *task);

/* Cells from ridges to outlets, each after all that flow into it; returns their number (cells of a cycle are left
 * out), or as the others. `waiting` (zeros) and `order` have room for all cells. Neighbours in the order are mostly
 * neighbours on the map, so that a landscape larger than memory is walked through, not jumped over. */
ONEKL_API int64_t onekl_flow_order(const uint32_t *flow, int64_t rows, int64_t columns, uint8_t *waiting, int32_t *order,
                                   int64_t *task);

/* sums = own value (1, or with `own` what `sums` holds) + what flows in; cells out of the order keep what they had. */
ONEKL_API int32_t onekl_accumulate(const uint32_t *flow, const int32_t *order, int64_t n_order, int64_t rows,
                                   int64_t columns, int32_t own, double *sums, int64_t *task);

/* Streams above outlets: 1 where the accumulation reaches the threshold, and where a cell of at least
 * trace_factor of it joins two such reaches; 0 elsewhere, `nodata` where nothing flows. */
ONEKL_API int32_t onekl_streams_mfd(const uint32_t *flow, const double *accumulation, int64_t rows, int64_t columns,
                                    double threshold, double trace_factor, uint8_t nodata, uint8_t *streams,
                                    int64_t *task);

/* Mean distance along the flow to a stream, in cells, or in weights (of the cell itself, or of the one below). */
ONEKL_API int32_t onekl_distance_to_channel(const uint32_t *flow, const int32_t *order, int64_t n_order,
                                            int64_t rows, int64_t columns, const uint8_t *streams,
                                            const float *weights, int32_t own_weight, double nodata,
                                            double *distance, int64_t *task);

/* Sediment that is trapped on its way (`deposition`) and that goes on (`flux`, which holds what each cell sends off). */
ONEKL_API int32_t onekl_deposition(const uint32_t *flow, const int32_t *order, int64_t n_order, int64_t rows,
                                   int64_t columns, const float *ratio, float nodata,
                                   float *deposition, double *flux, int64_t *task);

/* Retention of nutrients along the flow; block_order: computed in the order of 256 x 256 blocks, for which `ways` (zeros)
 * has room for all cells. */
ONEKL_API int32_t onekl_retention(const uint32_t *flow, const int32_t *order, int64_t n_order, int64_t rows,
                                  int64_t columns, const uint8_t *streams, const float *efficiency,
                                  const float *critical_length, double cell_size, float nodata,
                                  int32_t block_order, uint8_t *ways, float *retention, int64_t *task);

/* Marks the cells whose water passes a cell marked with 1 already; returns how many are marked, or as the others. */
ONEKL_API int64_t onekl_upslope(const uint32_t *flow, int64_t rows, int64_t columns, uint8_t *marked, int64_t *task);

/* Numbers the patches of equal codes (8 neighbours) from 1, in the order of their first cells row by row; 0 where not
 * valid. Returns how many there are, or -1 when memory is short. */
ONEKL_API int64_t onekl_label(const int32_t *codes, const uint8_t *valid, int64_t rows, int64_t columns, int32_t *labels,
                              int64_t *task);

/* Euclidean distance in cells to the nearest source, for rows of a larger map: above[column] is how many rows lie
 * between the first row and the nearest source over it (1: right above), below[column] likewise under the last row;
 * `none` or more means that there is none, and is the distance where no source is reached at all. */
ONEKL_API int32_t onekl_distance(const uint8_t *source, const int32_t *above, const int32_t *below, int64_t rows,
                                 int64_t columns, int32_t none, float *distance, int64_t *task);

/* The tiles of a window of cells of `item` bytes, row by row, each compressed by LZW as in TIFF; `sizes` takes the bytes
 * of each. Returns the bytes of all, or -1 when there is no room for them. */
ONEKL_API int64_t onekl_lzw_tiles(const uint8_t *cells, int64_t rows, int64_t columns, int64_t item, int64_t tile,
                                  uint8_t *out, int64_t room, int64_t *sizes);
#endif
