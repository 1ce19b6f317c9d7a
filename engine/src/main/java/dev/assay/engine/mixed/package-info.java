/** Searches the widths that a model's linears get under a budget, from what each width costs. */
@NullMarked
package dev.assay.engine.mixed;

import org.jspecify.annotations.NullMarked;
