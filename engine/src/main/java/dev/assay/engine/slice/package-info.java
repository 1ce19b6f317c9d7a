/** Slicing of the residual stream: fewer numbers for each token between the layers. */
@NullMarked
package dev.assay.engine.slice;

import org.jspecify.annotations.NullMarked;
