/** Checkpoints on disk, read and written: directories and indices; formats have rooms below. */
@NullMarked
package dev.assay.engine.checkpoint;

import org.jspecify.annotations.NullMarked;
