// What the processor can do.
#ifndef ASSAY_PROCESSOR_H
#define ASSAY_PROCESSOR_H

enum { PLAIN = 0, AVX2 = 1, AVX512 = 2, VNNI = 3 };

// The best of these.
int processor_level(void);

// The one that ops use: the best, or what it was lowered to.
int processor_level_used(void);
void processor_level_at_most(int level);

#endif
