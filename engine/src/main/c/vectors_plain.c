// Attention, the small operations and the values of codes for any processor.
#define ATTEND attend_plain
#define ROWS rows_plain
#define VALUES grid_values_plain

#include "attend_body.h"
#include "rows_body.h"
#include "values_body.h"
