/** Pruning by training: of weights while they are trained, and in rounds of training. */
@NullMarked
package dev.assay.engine.prune.trained;

import org.jspecify.annotations.NullMarked;
