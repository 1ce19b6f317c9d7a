/** Packed linears, Assay's own and those of other tools. */
@NullMarked
package dev.assay.engine.checkpoint.packed;

import org.jspecify.annotations.NullMarked;
