/** Forms of weights that keep a few weights more precisely than the others. */
@NullMarked
package dev.assay.engine.weight.outlier;

import org.jspecify.annotations.NullMarked;
