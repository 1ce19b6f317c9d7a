/** Tests of reading and writing checkpoints. */
@NullMarked
package dev.assay.engine.checkpoint;

import org.jspecify.annotations.NullMarked;
