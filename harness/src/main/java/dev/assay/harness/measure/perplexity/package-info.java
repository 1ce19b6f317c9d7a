/** Perplexity by the papers' protocol. */
@NullMarked
package dev.assay.harness.measure.perplexity;

import org.jspecify.annotations.NullMarked;
