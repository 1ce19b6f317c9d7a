#include "grid_512.h"

#define GRID_TILE grid_tile_avx512

#include "grid_tile.h"
