/** Compressed checkpoints by the content of what they are made from. */
@NullMarked
package dev.assay.harness.run.artifact;

import org.jspecify.annotations.NullMarked;
