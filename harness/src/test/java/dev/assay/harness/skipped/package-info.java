/** The last word of a build: which tests were skipped, and why. */
@NullMarked
package dev.assay.harness.skipped;

import org.jspecify.annotations.NullMarked;
