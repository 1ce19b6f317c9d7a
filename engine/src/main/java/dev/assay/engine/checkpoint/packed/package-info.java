/**
 * Packed linears in the published formats: GPTQ, AWQ, compressed-tensors, bitsandbytes; and how
 * configurations tell of them.
 */
@NullMarked
package dev.assay.engine.checkpoint.packed;

import org.jspecify.annotations.NullMarked;
