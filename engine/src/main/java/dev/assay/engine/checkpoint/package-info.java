/** Checkpoints on disk: Hugging Face directories, safetensors, and the published packed formats. */
@NullMarked
package dev.assay.engine.checkpoint;

import org.jspecify.annotations.NullMarked;
