/* The C inner loops of 1KL Desktop. The Python face checks sizes; kernels never trust content. */
#ifndef ONEKL_KERNELS_H
#define ONEKL_KERNELS_H
#include <stdint.h>

#if defined(_WIN32)
#define ONEKL_API __declspec(dllexport)
#else
#define ONEKL_API __attribute__((visibility("default")))
#endif

#define ONEKL_ABI 2

ONEKL_API int32_t onekl_abi(void);

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
#endif
