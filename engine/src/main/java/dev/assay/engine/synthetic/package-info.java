/**
 * Checkpoints of any size with weights from a seed: for everything but quality, and to be trained.
 */
@NullMarked
package dev.assay.engine.synthetic;

import org.jspecify.annotations.NullMarked;
