/** Where a run keeps what it has done, so that a broken-off one can go on. */
@NullMarked
package dev.assay.harness.run.journal;

import org.jspecify.annotations.NullMarked;
