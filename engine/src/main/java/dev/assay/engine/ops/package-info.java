/** Ops of our own in C, which scripts call as {@code ops.assay}, and whether they are here. */
@NullMarked
package dev.assay.engine.ops;

import org.jspecify.annotations.NullMarked;
