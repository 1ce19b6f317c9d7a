// AVX-512 that adds four products of bytes at once.
#include "grid_512.h"

#define GRID_TILE grid_tile_vnni
#define dot4 _mm512_dpbusd_epi32

#include "grid_tile.h"
