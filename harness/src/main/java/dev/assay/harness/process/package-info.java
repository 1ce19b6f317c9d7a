/** Java virtual machines of their own for work that must not disturb, or take down, this one. */
@NullMarked
package dev.assay.harness.process;

import org.jspecify.annotations.NullMarked;
