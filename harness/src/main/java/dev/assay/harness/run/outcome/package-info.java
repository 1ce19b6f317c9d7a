/** How cells end, in the words of results. */
@NullMarked
package dev.assay.harness.run.outcome;

import org.jspecify.annotations.NullMarked;
