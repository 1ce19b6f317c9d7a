/** Watches what else goes on while something is measured, and takes again what was disturbed. */
@NullMarked
package dev.assay.harness.hardware.disturbance;

import org.jspecify.annotations.NullMarked;
