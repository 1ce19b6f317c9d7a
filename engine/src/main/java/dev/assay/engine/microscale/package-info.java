/** Stages that store weights as numbers of 4 to 8 bits in small blocks: MX formats and NVFP4. */
@NullMarked
package dev.assay.engine.microscale;

import org.jspecify.annotations.NullMarked;
