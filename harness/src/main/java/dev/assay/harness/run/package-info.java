/**
 * Runs suites: each cell from its model to its result, one at a time, resuming what was broken off.
 */
@NullMarked
package dev.assay.harness.run;

import org.jspecify.annotations.NullMarked;
