/** How much of the machine a generation uses, and where it lies under the roofline. */
@NullMarked
package dev.assay.harness.measure.utilization;

import org.jspecify.annotations.NullMarked;
