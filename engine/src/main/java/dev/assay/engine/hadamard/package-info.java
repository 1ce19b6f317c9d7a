/** Hadamard matrices and fast products with them. */
@NullMarked
package dev.assay.engine.hadamard;

import org.jspecify.annotations.NullMarked;
