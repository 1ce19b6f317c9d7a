/** A generation in a process of its own, for what is counted by process or for a whole machine. */
@NullMarked
package dev.assay.harness.measure.process;

import org.jspecify.annotations.NullMarked;
