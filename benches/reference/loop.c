/* Times TL2cgen's `predict` over rows: whoever uses it clears the result first, so that is timed too. */
#include <string.h>
#include <time.h>

#include "header.h"

static double nanoseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1e9 + now.tv_nsec;
}

/* The scores of one row. */
void scores(union Entry *row, float *result) {
  memset(result, 0, SCORES * sizeof(float));
  predict(row, 0, result);
}

/* Nanoseconds for a row: the fastest of some passes over all rows. */
double time_rows(union Entry *rows, int count, int passes) {
  static volatile float kept;
  double best = 1e18;
  for (int pass = 0; pass < passes; pass++) {
    double start = nanoseconds();
    for (int row = 0; row < count; row++) {
      float result[SCORES];
      scores(rows + row * N_COLUMNS, result);
      kept = result[0];
    }
    double took = (nanoseconds() - start) / count;
    if (took < best) best = took;
  }
  return best;
}
