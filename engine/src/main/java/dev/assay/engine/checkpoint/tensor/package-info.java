/**
 * Tensors in files: where they are, how their bytes stand for values, and how they get into memory.
 */
@NullMarked
package dev.assay.engine.checkpoint.tensor;

import org.jspecify.annotations.NullMarked;
