/** What the linears of a checkpoint are: shapes, zeros, stored bytes. */
@NullMarked
package dev.assay.harness.measure.weights;

import org.jspecify.annotations.NullMarked;
