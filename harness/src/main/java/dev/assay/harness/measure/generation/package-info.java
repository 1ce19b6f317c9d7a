/** One greedy generation from an artifact: what latency, memory and energy are measured on. */
@NullMarked
package dev.assay.harness.measure.generation;

import org.jspecify.annotations.NullMarked;
