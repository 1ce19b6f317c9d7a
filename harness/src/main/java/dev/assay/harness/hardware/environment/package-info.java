/** Records the machine and the software that a cell runs on. */
@NullMarked
package dev.assay.harness.hardware.environment;

import org.jspecify.annotations.NullMarked;
