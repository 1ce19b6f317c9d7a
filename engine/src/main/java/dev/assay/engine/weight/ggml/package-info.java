/** Weights that stay in the blocks of GGUF's types, and what multiplies by them. */
@NullMarked
package dev.assay.engine.weight.ggml;

import org.jspecify.annotations.NullMarked;
