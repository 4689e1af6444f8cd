/* Flat shapes and cells become pictures. Areas are burned as class codes into a plane of samples, lines as coverage into a
 * plane of their own (the strongest wins, so that a border that two areas share is drawn once), and both become colours
 * in the end. Pixels are premultiplied 0xAARRGGBB. */
#include "kernels.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LOOK_SHAPES 1024
#define FAR 1e9 /* pixels: farther away nothing is drawn */

typedef struct {
    double *x, *y; /* a shape's vertices in pixels */
    int32_t *row;  /* the first row whose centre is not above a vertex */
    int64_t room;
    int32_t *crossings;
    int64_t crossings_room;
    int64_t *start; /* rows + 1 */
} Desk;

static int make_room(Desk *desk, int64_t points) {
    if (points <= desk->room) return 0;
    const int64_t room = points + points / 2 + 256;
    free(desk->x);
    free(desk->y);
    free(desk->row);
    desk->x = malloc((size_t)room * sizeof(double));
    desk->y = malloc((size_t)room * sizeof(double));
    desk->row = malloc((size_t)room * sizeof(int32_t));
    desk->room = desk->x && desk->y && desk->row ? room : 0;
    return desk->room ? 0 : -1;
}

static void clear_desk(Desk *desk) {
    free(desk->x);
    free(desk->y);
    free(desk->row);
    free(desk->crossings);
    free(desk->start);
}

/* The vertices from..to in pixels; a vertex that is no number takes the place of the one before. */
static void to_pixels(const Desk *desk, const OneklShapes *shapes, int64_t from, int64_t to, int64_t at) {
    const double *m = shapes->affine;
    double x = -FAR, y = -FAR;
    for (int64_t i = from; i < to; i++, at++) {
        const double a = shapes->whole ? (double)((const int32_t *)shapes->xy)[2 * i] : ((const double *)shapes->xy)[2 * i];
        const double b =
            shapes->whole ? (double)((const int32_t *)shapes->xy)[2 * i + 1] : ((const double *)shapes->xy)[2 * i + 1];
        const double px = m[0] * a + m[1] * b + m[2], py = m[3] * a + m[4] * b + m[5];
        if (px > -FAR && px < FAR && py > -FAR && py < FAR) {
            x = px;
            y = py;
        }
        desk->x[at] = x;
        desk->y[at] = y;
    }
}

static inline int32_t first_centre(double v, int64_t size) { /* the first cell whose centre is not below v, 0..size */
    const double r = ceil(v - 0.5);
    return r <= 0.0 ? 0 : r >= (double)size ? (int32_t)size : (int32_t)r;
}

static int by_number(const void *a, const void *b) {
    const int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

static void sort_few(int32_t *values, int64_t n) {
    if (n > 24) {
        qsort(values, (size_t)n, sizeof(int32_t), by_number);
        return;
    }
    for (int64_t i = 1; i < n; i++) {
        const int32_t value = values[i];
        int64_t k = i;
        for (; k > 0 && values[k - 1] > value; k--) values[k] = values[k - 1];
        values[k] = value;
    }
}

/* The parts of the k-th chosen shape: 1; 0 where there is nothing to draw, below 0 when the drawing is no longer wanted. */
static int parts_of(const OneklShapes *shapes, int64_t k, int64_t *first, int64_t *last, int64_t *task) {
    if (k % LOOK_SHAPES == 0 && onekl_tick(task, LOOK_SHAPES)) return -1;
    const int64_t shape = shapes->chosen[k];
    if (shape < 0 || shape >= shapes->n_shapes) return 0;
    *first = shapes->shape_offsets[shape];
    *last = shapes->shape_offsets[shape + 1];
    if (*first < 0 || *last > shapes->n_parts || *last <= *first) return 0;
    for (int64_t part = *first; part < *last; part++) {
        const int64_t from = shapes->part_offsets[part], to = shapes->part_offsets[part + 1];
        if (from < 0 || to < from || to > shapes->n_points) return 0;
    }
    return 1;
}

int32_t onekl_draw_areas(const OneklShapes *shapes, const uint8_t *values, int64_t grain, uint8_t *codes, int64_t rows,
                         int64_t columns, int64_t *task) {
    Desk desk = {0};
    int32_t status = -1;
    desk.start = malloc((size_t)(rows + 2) * sizeof(int64_t));
    if (!desk.start) goto done;
    for (int64_t k = 0; k < shapes->n_chosen; k++) {
        int64_t first, last;
        const int found = parts_of(shapes, k, &first, &last, task);
        if (found < 0) {
            status = ONEKL_STOPPED;
            goto done;
        }
        if (!found) continue;
        const int64_t *offsets = shapes->part_offsets;
        const int64_t base = offsets[first], count = offsets[last] - base;
        if (count < 1) continue;
        if (make_room(&desk, count)) goto done;
        to_pixels(&desk, shapes, base, base + count, 0);
        double left = FAR, right = -FAR;
        int32_t top = (int32_t)rows, bottom = 0;
        for (int64_t i = 0; i < count; i++) {
            const int32_t row = first_centre(desk.y[i], rows);
            desk.row[i] = row;
            if (row < top) top = row;
            if (row > bottom) bottom = row;
            if (desk.x[i] < left) left = desk.x[i];
            if (desk.x[i] > right) right = desk.x[i];
        }
        if (right < 0.0 || left > (double)columns) continue;
        int64_t filled = 0;
        if (bottom > top) {
            const int64_t height = bottom - top;
            int64_t *start = desk.start;
            memset(start, 0, (size_t)(height + 2) * sizeof(int64_t));
            for (int64_t part = first; part < last; part++) {
                const int64_t from = offsets[part] - base, to = offsets[part + 1] - base;
                if (to - from < 3) continue;
                for (int64_t i = from, j = to - 1; i < to; j = i++) {
                    int32_t low = desk.row[j], high = desk.row[i];
                    if (low > high) { const int32_t t = low; low = high; high = t; }
                    for (int32_t r = low; r < high; r++) start[r - top + 2]++;
                }
            }
            for (int64_t r = 2; r < height + 2; r++) start[r] += start[r - 1];
            const int64_t total = start[height + 1];
            if (total > desk.crossings_room) {
                free(desk.crossings);
                desk.crossings_room = total + total / 2 + 256;
                desk.crossings = malloc((size_t)desk.crossings_room * sizeof(int32_t));
                if (!desk.crossings) goto done;
            }
            /* start[r + 1] moves from the first crossing of row r to that of row r + 1 while they are laid out */
            for (int64_t part = first; part < last; part++) {
                const int64_t from = offsets[part] - base, to = offsets[part + 1] - base;
                if (to - from < 3) continue;
                for (int64_t i = from, j = to - 1; i < to; j = i++) {
                    const int64_t a = desk.y[j] <= desk.y[i] ? j : i, b = a == j ? i : j;
                    const int32_t low = desk.row[a], high = desk.row[b];
                    if (low >= high) continue;
                    const double slope = (desk.x[b] - desk.x[a]) / (desk.y[b] - desk.y[a]);
                    for (int32_t r = low; r < high; r++)
                        desk.crossings[start[r - top + 1]++] =
                            first_centre(desk.x[a] + ((double)r + 0.5 - desk.y[a]) * slope, columns);
                }
            }
            int64_t at = 0;
            for (int64_t r = 0; r < height; r++) {
                const int64_t n = start[r + 1] - at;
                int32_t *row = desk.crossings + at;
                at = start[r + 1];
                if (n < 2) continue;
                sort_few(row, n);
                uint8_t *out = codes + (r + top) * columns;
                for (int64_t c = 0; c + 1 < n; c += 2) {
                    const int32_t length = row[c + 1] - row[c];
                    if (length <= 0) continue;
                    filled += length;
                    if (length < 12)
                        for (int32_t x = row[c]; x < row[c + 1]; x++) out[x] = values[k];
                    else
                        memset(out + row[c], values[k], (size_t)length);
                }
            }
        }
        if (!filled && count > 0) { /* a shape too small for a sample leaves one pixel, so that it does not vanish */
            const double x = floor(desk.x[0] / (double)grain), y = floor(desk.y[0] / (double)grain);
            if (x >= 0 && y >= 0 && (x + 1) * (double)grain <= (double)columns && (y + 1) * (double)grain <= (double)rows &&
                right - left < 4.0 * (double)grain && bottom - top <= 4 * grain)
                for (int64_t r = 0; r < grain; r++)
                    memset(codes + ((int64_t)y * grain + r) * columns + (int64_t)x * grain, values[k], (size_t)grain);
        }
    }
    status = 0;
done:
    clear_desk(&desk);
    return status;
}

typedef struct {
    uint8_t *cover, *codes;
    int64_t rows, columns;
} Plane;

static inline void touch(const Plane *plane, int64_t row, int64_t column, double amount, uint8_t code) {
    if (row < 0 || row >= plane->rows || column < 0 || column >= plane->columns) return;
    const int64_t cell = row * plane->columns + column;
    const uint8_t strength = (uint8_t)(amount * 255.0 + 0.5);
    if (strength <= plane->cover[cell]) return;
    plane->cover[cell] = strength;
    if (plane->codes) plane->codes[cell] = code;
}

/* A line of at most about a pixel (Wu 1991): two pixels beside each step along its longer axis. */
static void thin_line(const Plane *plane, double x0, double y0, double x1, double y1, double strength, uint8_t code) {
    const int steep = fabs(y1 - y0) > fabs(x1 - x0);
    double a0 = steep ? y0 : x0, b0 = steep ? x0 : y0, a1 = steep ? y1 : x1, b1 = steep ? x1 : y1;
    if (a0 > a1) {
        double t = a0; a0 = a1; a1 = t;
        t = b0; b0 = b1; b1 = t;
    }
    const int64_t along = steep ? plane->rows : plane->columns;
    const int32_t from = first_centre(a0, along), to = first_centre(a1, along);
    if (from >= to) return;
    const double slope = (b1 - b0) / (a1 - a0);
    for (int32_t a = from; a < to; a++) {
        const double b = b0 + ((double)a + 0.5 - a0) * slope - 0.5;
        const double low = floor(b), share = b - low;
        if (low < -2.0 || low > 4e9) continue;
        const int64_t beside = (int64_t)low;
        if (steep) {
            touch(plane, a, beside, (1.0 - share) * strength, code);
            touch(plane, a, beside + 1, share * strength, code);
        } else {
            touch(plane, beside, a, (1.0 - share) * strength, code);
            touch(plane, beside + 1, a, share * strength, code);
        }
    }
}

/* A broad line with round ends: what is nearer than half its width. */
static void broad_line(const Plane *plane, double x0, double y0, double x1, double y1, double half, uint8_t code) {
    const double reach = half + 0.5, dx = x1 - x0, dy = y1 - y0, square = dx * dx + dy * dy, length = sqrt(square);
    const int32_t top = first_centre(fmin(y0, y1) - reach, plane->rows);
    const int32_t bottom = first_centre(fmax(y0, y1) + reach, plane->rows);
    const double most_left = fmin(x0, x1) - reach, most_right = fmax(x0, x1) + reach;
    for (int32_t row = top; row < bottom; row++) {
        const double y = (double)row + 0.5;
        double left = most_left, right = most_right;
        if (fabs(dy) > 1e-9) {
            const double middle = x0 + (y - y0) * dx / dy, wide = reach * length / fabs(dy);
            left = fmax(left, middle - wide);
            right = fmin(right, middle + wide);
        }
        const int32_t from = first_centre(left, plane->columns), to = first_centre(right, plane->columns);
        for (int32_t column = from; column < to; column++) {
            const double px = (double)column + 0.5 - x0, py = y - y0;
            double t = square > 0.0 ? (px * dx + py * dy) / square : 0.0;
            t = t < 0.0 ? 0.0 : t > 1.0 ? 1.0 : t;
            const double ex = px - t * dx, ey = py - t * dy, far = ex * ex + ey * ey;
            if (far >= reach * reach) continue;
            const double amount = reach - sqrt(far);
            touch(plane, row, column, amount > 1.0 ? 1.0 : amount, code);
        }
    }
}

int32_t onekl_draw_lines(const OneklShapes *shapes, const uint8_t *values, int32_t closed, double width,
                         const double *dashes, int64_t n_dashes, uint8_t *cover, uint8_t *codes, int64_t rows,
                         int64_t columns, int64_t *task) {
    const Plane plane = {cover, codes, rows, columns};
    const int thin = width <= 1.5;
    const double strength = width < 1.0 ? width : 1.0, margin = width / 2.0 + 1.0;
    double period = 0.0;
    for (int64_t d = 0; d < n_dashes; d++) period += dashes[d];
    Desk desk = {0};
    int32_t status = -1;
    for (int64_t k = 0; k < shapes->n_chosen; k++) {
        int64_t first, last;
        const int found = parts_of(shapes, k, &first, &last, task);
        if (found < 0) {
            status = ONEKL_STOPPED;
            goto done;
        }
        if (!found) continue;
        const uint8_t code = values ? values[k] : 0;
        for (int64_t part = first; part < last; part++) {
            const int64_t from = shapes->part_offsets[part], count = shapes->part_offsets[part + 1] - from;
            if (count < 2) continue;
            if (make_room(&desk, count + 1)) goto done;
            to_pixels(&desk, shapes, from, from + count, 0);
            int64_t points = count;
            if (closed && (desk.x[0] != desk.x[count - 1] || desk.y[0] != desk.y[count - 1])) {
                desk.x[count] = desk.x[0];
                desk.y[count] = desk.y[0];
                points++;
            }
            double walked = 0.0;
            for (int64_t i = 1; i < points; i++) {
                const double x0 = desk.x[i - 1], y0 = desk.y[i - 1], x1 = desk.x[i], y1 = desk.y[i];
                const double length = period > 0.0 ? hypot(x1 - x0, y1 - y0) : 0.0, begun = walked;
                walked = length > 1e5 ? 0.0 : walked + length;
                if ((x0 < -margin && x1 < -margin) || (y0 < -margin && y1 < -margin)) continue;
                if (x0 > (double)columns + margin && x1 > (double)columns + margin) continue;
                if (y0 > (double)rows + margin && y1 > (double)rows + margin) continue;
                if (!(period > 0.5) || length > 1e5) {
                    if (thin)
                        thin_line(&plane, x0, y0, x1, y1, strength, code);
                    else
                        broad_line(&plane, x0, y0, x1, y1, width / 2.0, code);
                    continue;
                }
                double at = fmod(begun, period), done = 0.0;
                int64_t dash = 0;
                while (dash + 1 < n_dashes && at >= dashes[dash]) at -= dashes[dash++];
                while (done < length) {
                    double step = dashes[dash] - at;
                    if (step < 1e-3) step = 1e-3;
                    if (step > length - done) step = length - done;
                    if (dash % 2 == 0) {
                        const double a = done / length, b = (done + step) / length;
                        const double ax = x0 + (x1 - x0) * a, ay = y0 + (y1 - y0) * a;
                        const double bx = x0 + (x1 - x0) * b, by = y0 + (y1 - y0) * b;
                        if (thin)
                            thin_line(&plane, ax, ay, bx, by, strength, code);
                        else
                            broad_line(&plane, ax, ay, bx, by, width / 2.0, code);
                    }
                    done += step;
                    at = 0.0;
                    dash = (dash + 1) % n_dashes;
                }
            }
        }
    }
    status = 0;
done:
    clear_desk(&desk);
    return status;
}

/* colour * share (0..256), of all four parts at once */
static inline uint32_t scaled(uint32_t colour, uint32_t share) {
    const uint32_t odd = ((colour & 0x00FF00FFu) * share >> 8) & 0x00FF00FFu;
    const uint32_t even = ((colour >> 8) & 0x00FF00FFu) * share & 0xFF00FF00u;
    return odd | even;
}

static inline uint32_t over(uint32_t top, uint32_t below) {
    const uint32_t rest = 255u - (top >> 24);
    return top + scaled(below, rest + (rest >> 7));
}

static inline double outside(int32_t marker, double x, double y, double radius) {
    /* distance outside the edge of a marker, negative within */
    switch (marker) {
        case 1: return fmax(fabs(x), fabs(y)) - radius * 0.886;                          /* square of the same area */
        case 2: return (fabs(x) + fabs(y)) * 0.7071067811865476 - radius * 0.886;        /* the same on its corner */
        case 3: return fmax(fabs(x) * 0.8660254037844386 - y * 0.5, y) - radius * 0.778; /* the same, upright triangle */
        default: return sqrt(x * x + y * y) - radius;
    }
}

int32_t onekl_draw_points(const OneklShapes *shapes, const uint8_t *values, const uint32_t *colours, int32_t marker,
                          double radius, double rim, uint32_t rim_colour, uint32_t *out, int64_t rows, int64_t columns,
                          int64_t *task) {
    Desk desk = {0};
    int32_t status = -1;
    const double reach = radius * 1.5 + rim + 1.0;
    for (int64_t k = 0; k < shapes->n_chosen; k++) {
        int64_t first, last;
        const int found = parts_of(shapes, k, &first, &last, task);
        if (found < 0) {
            status = ONEKL_STOPPED;
            goto done;
        }
        if (!found) continue;
        const int64_t from = shapes->part_offsets[first], count = shapes->part_offsets[last] - from;
        if (make_room(&desk, count)) goto done;
        to_pixels(&desk, shapes, from, from + count, 0);
        const uint32_t fill = colours[values[k]];
        for (int64_t i = 0; i < count; i++) {
            const double x = desk.x[i], y = desk.y[i];
            const int32_t top = first_centre(y - reach, rows), bottom = first_centre(y + reach, rows);
            const int32_t left = first_centre(x - reach, columns), right = first_centre(x + reach, columns);
            for (int32_t row = top; row < bottom; row++)
                for (int32_t column = left; column < right; column++) {
                    const double away = outside(marker, (double)column + 0.5 - x, (double)row + 0.5 - y, radius);
                    uint32_t *pixel = out + row * columns + column;
                    if (rim > 0.0 && away < rim + 0.5) {
                        const double amount = rim + 0.5 - away;
                        *pixel = over(scaled(rim_colour, amount >= 1.0 ? 256u : (uint32_t)(amount * 256.0)), *pixel);
                    }
                    if (away < 0.5) {
                        const double amount = 0.5 - away;
                        *pixel = over(scaled(fill, amount >= 1.0 ? 256u : (uint32_t)(amount * 256.0)), *pixel);
                    }
                }
        }
    }
    status = 0;
done:
    clear_desk(&desk);
    return status;
}

static inline uint32_t mean_of_four(uint32_t a, uint32_t b, uint32_t c, uint32_t d) {
    const uint32_t m = 0x00FF00FFu;
    const uint32_t odd = ((a & m) + (b & m) + (c & m) + (d & m) + 0x00020002u) >> 2 & m;
    const uint32_t even = ((a >> 8 & m) + (b >> 8 & m) + (c >> 8 & m) + (d >> 8 & m) + 0x00020002u) >> 2 & m;
    return odd | even << 8;
}

void onekl_compose(const uint8_t *codes, const uint32_t *colours, const uint8_t *patterns, const uint32_t *marks,
                   const uint8_t *cover, const uint8_t *cover_codes, const uint32_t *inks, int64_t phase_row,
                   int64_t phase_column, uint32_t *out, int64_t rows, int64_t columns) {
    for (int64_t row = 0; row < rows; row++) {
        uint32_t *line = out + row * columns;
        if (codes) {
            const uint8_t *above = codes + 2 * row * 2 * columns, *below = above + 2 * columns;
            const int64_t pattern_row = (row + phase_row) & 7;
            int64_t column = 0;
            while (column < columns) {
                if (column + 4 <= columns) { /* eight samples of one code, as most are */
                    uint64_t a, b;
                    memcpy(&a, above + 2 * column, 8);
                    memcpy(&b, below + 2 * column, 8);
                    if (a == b && a == (a & 255u) * 0x0101010101010101ull && !patterns) {
                        const uint32_t colour = colours[a & 255u];
                        line[column] = line[column + 1] = line[column + 2] = line[column + 3] = colour;
                        column += 4;
                        continue;
                    }
                }
                uint32_t part[4];
                const uint8_t four[4] = {above[2 * column], above[2 * column + 1], below[2 * column], below[2 * column + 1]};
                for (int s = 0; s < 4; s++) {
                    const uint8_t code = four[s];
                    part[s] = patterns && patterns[code * 8 + pattern_row] >> ((column + phase_column) & 7) & 1
                                  ? marks[code]
                                  : colours[code];
                }
                line[column] = mean_of_four(part[0], part[1], part[2], part[3]);
                column++;
            }
        }
        if (cover) {
            const uint8_t *strength = cover + row * columns;
            int64_t column = 0;
            while (column < columns) {
                if (column + 8 <= columns) {
                    uint64_t eight;
                    memcpy(&eight, strength + column, 8);
                    if (!eight) {
                        column += 8;
                        continue;
                    }
                }
                const uint32_t amount = strength[column];
                if (amount) {
                    const uint32_t ink = inks[cover_codes ? cover_codes[row * columns + column] : 0];
                    line[column] = over(scaled(ink, amount + (amount >> 7)), line[column]);
                }
                column++;
            }
        }
    }
}

void onekl_blend(const uint32_t *top, double opacity, int32_t mode, uint32_t *out, int64_t count) {
    /* W3C Compositing and Blending Level 1: normal, multiply, screen, darken, lighten */
    const uint32_t share = opacity >= 1.0 ? 256u : opacity <= 0.0 ? 0u : (uint32_t)(opacity * 256.0 + 0.5);
    for (int64_t i = 0; i < count; i++) {
        if (mode == 0 && share == 256u && i + 4 <= count) { /* most is solid, or nothing */
            const uint32_t both = top[i] & top[i + 1] & top[i + 2] & top[i + 3];
            if (both >> 24 == 255u || !(top[i] | top[i + 1] | top[i + 2] | top[i + 3])) {
                if (both) memcpy(out + i, top + i, 4 * sizeof(uint32_t));
                i += 3;
                continue;
            }
        }
        const uint32_t source = share == 256u ? top[i] : scaled(top[i], share);
        const uint32_t alpha = source >> 24;
        if (!alpha) continue;
        if (mode == 0) {
            out[i] = alpha == 255u ? source : over(source, out[i]);
            continue;
        }
        const uint32_t below = out[i], ground = below >> 24;
        uint32_t mixed = 0;
        for (int shift = 0; shift < 24; shift += 8) {
            const uint32_t s = source >> shift & 255u, b = below >> shift & 255u;
            const uint32_t sb = s * ground, bs = b * alpha; /* both times the other's alpha */
            uint32_t both;
            switch (mode) {
                case 1: both = s * b; break;
                case 2: both = sb + bs - s * b; break;
                case 3: both = sb < bs ? sb : bs; break;
                default: both = sb > bs ? sb : bs; break;
            }
            uint32_t value = (s * (255u - ground) + b * (255u - alpha) + both + 127u) / 255u;
            mixed |= (value > 255u ? 255u : value) << shift;
        }
        const uint32_t sum = (alpha * 255u + ground * (255u - alpha) + 127u) / 255u;
        out[i] = mixed | sum << 24;
    }
}

static inline int64_t cell_of(double value, int64_t size) { return value >= 0.0 && value < (double)size ? (int64_t)value : -1; }

int32_t onekl_sample_codes(const void *cells, int32_t item, int64_t rows, int64_t columns, const double *affine,
                           const uint32_t *colours, int64_t n_colours, uint32_t *out, int64_t out_rows,
                           int64_t out_columns) {
    const double *m = affine;
    const int straight = m[1] == 0.0 && m[3] == 0.0;
    int64_t *across = straight ? malloc((size_t)(out_columns + 1) * sizeof(int64_t)) : NULL;
    if (straight && !across) return -1;
    if (straight)
        for (int64_t column = 0; column < out_columns; column++)
            across[column] = cell_of(m[0] * ((double)column + 0.5) + m[2], columns);
    int64_t before = -2;
    for (int64_t row = 0; row < out_rows; row++) {
        uint32_t *line = out + row * out_columns;
        int64_t r = straight ? cell_of(m[4] * ((double)row + 0.5) + m[5], rows) : 0;
        if (straight && r == before && row > 0) {
            memcpy(line, line - out_columns, (size_t)out_columns * sizeof(uint32_t));
            continue;
        }
        before = r;
        for (int64_t column = 0; column < out_columns; column++) {
            int64_t c;
            if (straight) {
                c = across[column];
            } else {
                const double x = (double)column + 0.5, y = (double)row + 0.5;
                c = cell_of(m[0] * x + m[1] * y + m[2], columns);
                r = cell_of(m[3] * x + m[4] * y + m[5], rows);
            }
            uint32_t colour = 0;
            if (r >= 0 && c >= 0) {
                const int64_t cell = r * columns + c;
                const int64_t code = item == 1 ? ((const uint8_t *)cells)[cell] : ((const uint16_t *)cells)[cell];
                if (code < n_colours) colour = colours[code];
            }
            line[column] = colour;
        }
    }
    free(across);
    return 0;
}

static inline int known(float value, float nodata) { return isfinite(value) && value != nodata; }

void onekl_sample_ramp(const float *cells, int64_t rows, int64_t columns, const double *affine, double low, double high,
                       float nodata, int32_t smooth, const uint32_t *colours, uint32_t *out, int64_t out_rows,
                       int64_t out_columns) {
    const double *m = affine, range = high > low ? 255.0 / (high - low) : 0.0;
    for (int64_t row = 0; row < out_rows; row++)
        for (int64_t column = 0; column < out_columns; column++) {
            const double px = (double)column + 0.5, py = (double)row + 0.5;
            const double x = m[0] * px + m[1] * py + m[2], y = m[3] * px + m[4] * py + m[5];
            const int64_t c = cell_of(x, columns), r = cell_of(y, rows);
            uint32_t colour = 0;
            if (r >= 0 && c >= 0 && known(cells[r * columns + c], nodata)) {
                double value = cells[r * columns + c];
                if (smooth) { /* between the centres of the four cells around; one without a value is left out */
                    const double fx = floor(x - 0.5), fy = floor(y - 0.5);
                    double sum = 0.0, weights = 0.0;
                    for (int k = 0; k < 4; k++) {
                        const double cx = fx + (k & 1), cy = fy + (k >> 1);
                        const int64_t nc = cell_of(cx, columns), nr = cell_of(cy, rows);
                        if (nc < 0 || nr < 0 || !known(cells[nr * columns + nc], nodata)) continue;
                        const double w = (1.0 - fabs(x - 0.5 - cx)) * (1.0 - fabs(y - 0.5 - cy));
                        sum += w * cells[nr * columns + nc];
                        weights += w;
                    }
                    if (weights > 0.0) value = sum / weights;
                }
                const double place = (value - low) * range;
                colour = colours[place <= 0.0 ? 0 : place >= 255.0 ? 255 : (int)place];
            }
            out[row * out_columns + column] = colour;
        }
}

int64_t onekl_touching(const double *boxes, int64_t count, double left, double bottom, double right, double top,
                       int64_t *out) {
    int64_t found = 0;
    for (int64_t i = 0; i < count; i++) {
        const double *box = boxes + 4 * i;
        out[found] = i;
        found += (box[0] <= right) & (box[2] >= left) & (box[1] <= top) & (box[3] >= bottom);
    }
    return found;
}

int64_t onekl_coarsen(const double *xy, int64_t n_points, const int64_t *part_offsets, int64_t n_parts, double origin_x,
                      double origin_y, double unit, int32_t *out, int64_t *out_offsets, int64_t *task) {
    int64_t used = 0;
    out_offsets[0] = 0;
    for (int64_t part = 0; part < n_parts; part++) {
        const int64_t from = part_offsets[part], to = part_offsets[part + 1], begin = used;
        if (part % LOOK_SHAPES == 0 && onekl_tick(task, LOOK_SHAPES)) return ONEKL_STOPPED;
        if (from >= 0 && to <= n_points)
            for (int64_t i = from; i < to; i++) {
                const double fx = (xy[2 * i] - origin_x) / unit, fy = (xy[2 * i + 1] - origin_y) / unit;
                if (!(fabs(fx) < 1e9 && fabs(fy) < 1e9)) continue;
                const int32_t x = (int32_t)floor(fx + 0.5), y = (int32_t)floor(fy + 0.5);
                int32_t *last = out + 2 * (used - 1);
                if (used > begin && last[0] == x && last[1] == y) continue;
                if (used > begin + 1) { /* straight on: the vertex before is not needed */
                    const int64_t ax = last[0] - last[-2], ay = last[1] - last[-1], bx = x - last[0], by = y - last[1];
                    if (ax * by == ay * bx && ax * bx + ay * by > 0) {
                        last[0] = x;
                        last[1] = y;
                        continue;
                    }
                }
                out[2 * used] = x;
                out[2 * used + 1] = y;
                used++;
            }
        out_offsets[part + 1] = used;
    }
    return used;
}
