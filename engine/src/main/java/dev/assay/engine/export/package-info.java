/** Checkpoints written in other formats than the one that they came in. */
@NullMarked
package dev.assay.engine.export;

import org.jspecify.annotations.NullMarked;
