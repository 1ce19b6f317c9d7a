/** What the machine is, what it can do at most, and what its counters say. */
@NullMarked
package dev.assay.harness.hardware;

import org.jspecify.annotations.NullMarked;
