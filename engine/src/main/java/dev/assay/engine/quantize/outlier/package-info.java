/** Methods that keep a few weights, or columns of them, more precisely than the others. */
@NullMarked
package dev.assay.engine.quantize.outlier;

import org.jspecify.annotations.NullMarked;
