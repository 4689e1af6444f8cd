#include "kernels.h"

int32_t onekl_abi(void) { return ONEKL_ABI; }

void onekl_class_areas(const uint16_t *classes, const int32_t *zones, int64_t rows, int64_t columns,
                       const double *row_area, int64_t n_zones, int64_t n_classes, int64_t *counts, double *areas) {
    for (int64_t r = 0; r < rows; r++) {
        const double area = row_area[r];
        const uint16_t *cls = classes + r * columns;
        const int32_t *zon = zones + r * columns;
        for (int64_t c = 0; c < columns; c++) {
            const int64_t z = zon[c], k = cls[c];
            if (z < 0 || z >= n_zones || k >= n_classes) continue;
            counts[z * n_classes + k] += 1;
            areas[z * n_classes + k] += area;
        }
    }
}
