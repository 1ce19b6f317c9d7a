/** Pruning that leaves a smaller dense model. */
@NullMarked
package dev.assay.engine.structured;

import org.jspecify.annotations.NullMarked;
