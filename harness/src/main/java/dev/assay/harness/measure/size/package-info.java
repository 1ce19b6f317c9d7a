/** What a model weighs, on disk and in memory. */
@NullMarked
package dev.assay.harness.measure.size;

import org.jspecify.annotations.NullMarked;
