/** Searches widths for the linears of a model and writes them as a recipe. */
@NullMarked
package dev.assay.harness.mixed;

import org.jspecify.annotations.NullMarked;
