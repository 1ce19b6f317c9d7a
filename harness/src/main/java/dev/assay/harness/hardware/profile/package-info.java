/** Hardware profiles: what a processor's documents promise, and which machine they are about. */
@NullMarked
package dev.assay.harness.hardware.profile;

import org.jspecify.annotations.NullMarked;
