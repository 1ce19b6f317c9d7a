/** What a run finds out about its machine before the cells. */
@NullMarked
package dev.assay.harness.run.machine;

import org.jspecify.annotations.NullMarked;
