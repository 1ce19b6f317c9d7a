/** Blocks of codes as ggml has them: from values to bytes, and back. */
@NullMarked
package dev.assay.engine.checkpoint.gguf.block;

import org.jspecify.annotations.NullMarked;
