/** Grids whose rounding or range is learned with gradients. */
@NullMarked
package dev.assay.engine.learned;

import org.jspecify.annotations.NullMarked;
