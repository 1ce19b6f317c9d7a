/** Texts to measure and calibrate on: where they come from, their hashes, and their tokens. */
@NullMarked
package dev.assay.harness.dataset;

import org.jspecify.annotations.NullMarked;
