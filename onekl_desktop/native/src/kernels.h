/* The C inner loops of 1KL Desktop. The Python face checks sizes; kernels never trust content. */
#ifndef ONEKL_KERNELS_H
#define ONEKL_KERNELS_H
#include <stdint.h>

#if defined(_WIN32)
#define ONEKL_API __declspec(dllexport)
#else
#define ONEKL_API __attribute__((visibility("default")))
#endif

#define ONEKL_ABI 16

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
/* Shapes to draw: shape s has the parts shape_offsets[s] .. shape_offsets[s + 1], part p the vertices part_offsets[p] ..
 * part_offsets[p + 1] of `xy`, which are int32 (`whole`) or double. `chosen` are drawn in their order; `affine` makes pixels
 * of vertices: x = m0 a + m1 b + m2, y = m3 a + m4 b + m5. */
typedef struct {
    const void *xy;
    const int64_t *part_offsets, *shape_offsets, *chosen;
    int64_t whole, n_points, n_parts, n_shapes, n_chosen;
    double affine[6];
} OneklShapes;

/* Burns areas by the even-odd rule, shape chosen[k] with values[k]; one too small for a sample leaves grain x grain. */
ONEKL_API int32_t onekl_draw_areas(const OneklShapes *shapes, const uint8_t *values, int64_t grain, uint8_t *codes,
                                   int64_t rows, int64_t columns, int64_t *task);

/* Lines, or the borders of areas (`closed`), as coverage 0..255 of which the strongest stays; with `codes` (may be NULL)
 * also whose it is. `dashes`: lengths drawn and left out in turn, in pixels, an even number. */
ONEKL_API int32_t onekl_draw_lines(const OneklShapes *shapes, const uint8_t *values, int32_t closed, double width,
                                   const double *dashes, int64_t n_dashes, uint8_t *cover, uint8_t *codes, int64_t rows,
                                   int64_t columns, int64_t *task);

/* Markers on all vertices, over what is there: 0 circle, 1 square, 2 diamond, 3 triangle, of the area of a circle. */
ONEKL_API int32_t onekl_draw_points(const OneklShapes *shapes, const uint8_t *values, const uint32_t *colours,
                                    int32_t marker, double radius, double rim, uint32_t rim_colour, uint32_t *out,
                                    int64_t rows, int64_t columns, int64_t *task);

/* Pixels from planes: codes (2 rows x 2 columns samples of a pixel; may be NULL) by `colours`[256], where `patterns` (may
 * be NULL; 8 rows of 8 bits for each code) have a bit by `marks`[256]; then coverage (may be NULL) by `inks`[256]. */
ONEKL_API void onekl_compose(const uint8_t *codes, const uint32_t *colours, const uint8_t *patterns,
                             const uint32_t *marks, const uint8_t *cover, const uint8_t *cover_codes,
                             const uint32_t *inks, int64_t phase_row, int64_t phase_column, uint32_t *out, int64_t rows,
                             int64_t columns);

/* Lays a picture over another: 0 normal, 1 multiply, 2 screen, 3 darken, 4 lighten. */
ONEKL_API void onekl_blend(const uint32_t *top, double opacity, int32_t mode, uint32_t *out, int64_t count);

/* Cells as pixels, each by the cell under its centre; `affine` makes columns and rows of pixels. item: bytes of a cell. */
ONEKL_API int32_t onekl_sample_codes(const void *cells, int32_t item, int64_t rows, int64_t columns,
                                     const double *affine, const uint32_t *colours, int64_t n_colours, uint32_t *out,
                                     int64_t out_rows, int64_t out_columns);
ONEKL_API void onekl_sample_ramp(const float *cells, int64_t rows, int64_t columns, const double *affine, double low,
                                 double high, float nodata, int32_t smooth, const uint32_t *colours, uint32_t *out,
                                 int64_t out_rows, int64_t out_columns);

/* Numbers of the boxes (left, bottom, right, top) that meet a box; `out` has room for all. Returns how many. */
ONEKL_API int64_t onekl_touching(const double *boxes, int64_t count, double left, double bottom, double right,
                                 double top, int64_t *out);

/* Vertices snapped to a lattice, without repeats and those on straight lines. Returns how many, or ONEKL_STOPPED. */
ONEKL_API int64_t onekl_coarsen(const double *xy, int64_t n_points, const int64_t *part_offsets, int64_t n_parts,
                                double origin_x, double origin_y, double unit, int32_t *out, int64_t *out_offsets,
                                int64_t *task);

/* Geometries in GeoPackage bytes, the i-th ending at ends[i], as flat shapes of a kind: 0 areas (a part is a ring), 1 lines,
 * 2 points. First without `xy`, `part_ends`, `shape_parts` (the last part of each) and `boxes`, to learn how many vertices and
 * parts there are (totals[2], which the second time says how much room there is). Broken and empty ones are left out, good[i] tells. Returns how many shapes there are. */
ONEKL_API int64_t onekl_read_shapes(const uint8_t *bytes, const int64_t *ends, int64_t count, int32_t kind, double *xy,
                                    int64_t *part_ends, int64_t *shape_parts, double *boxes, uint8_t *good,
                                    int64_t *totals);

/* Neighbours by class: `counts` holds for each cell n_radii x n_classes numbers of cells of a class within a square of
 * the radius. Moves the cells from their class before to that after; a class of n_classes or more is none. Squares of
 * more than 255 cells do not fit. */
ONEKL_API void onekl_move_neighbours(uint8_t *counts, int64_t rows, int64_t columns, int64_t n_classes,
                                     const int64_t *radii, int64_t n_radii, const int64_t *cells,
                                     const uint8_t *before, const uint8_t *after, int64_t n);

/* out[t, m] = fixed[t * stride + m] + the sum over k of weights[t, k] * counts[members[m], k], added up in four lanes (k
 * modulo 4) and those in pairs; minus infinity for a member that is no cell, and where the fixed part is not above
 * least[t]. Returns 0, or -1 when memory is short. */
ONEKL_API int32_t onekl_scores(const uint8_t *counts, int64_t n_cells, int64_t width, const int32_t *members, int64_t n,
                               const float *fixed, int64_t stride, const float *least, const float *weights,
                               int64_t n_to, float *out);

/* The cells of each outcome whose score is above a floor: as onekl_scores, but only positions among the members (rising) and scores
 * are written, at most `room` for each outcome; founds[t] tells how many there are, also beyond the room. Returns 0, or -1 for want of
 * memory. */
ONEKL_API int32_t onekl_candidates(const uint8_t *counts, int64_t n_cells, int64_t width, const int32_t *members,
                                   int64_t n, const float *fixed, int64_t stride, const float *least,
                                   const float *floors, const float *weights, int64_t n_to, int64_t room, int32_t *at,
                                   float *score, int64_t *founds);

#endif
