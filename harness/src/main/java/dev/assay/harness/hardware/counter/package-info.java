/** Counters of the kernel that are read before, during and after a measurement. */
@NullMarked
package dev.assay.harness.hardware.counter;

import org.jspecify.annotations.NullMarked;
