/** Calibration: samples, statistics of what flows into linears, and the walk over layers. */
@NullMarked
package dev.assay.engine.calibration;

import org.jspecify.annotations.NullMarked;
