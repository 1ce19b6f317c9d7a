/** Perplexity by the papers' protocol, and by its relatives that must not be mixed up with it. */
@NullMarked
package dev.assay.harness.measure.perplexity;

import org.jspecify.annotations.NullMarked;
