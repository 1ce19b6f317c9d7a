/** The limits of a machine, promised and measured, and where work lies beneath them. */
@NullMarked
package dev.assay.harness.hardware.ceiling;

import org.jspecify.annotations.NullMarked;
