/** Arithmetic that a model takes, counted from the layers that are there. */
@NullMarked
package dev.assay.harness.measure.flops;

import org.jspecify.annotations.NullMarked;
