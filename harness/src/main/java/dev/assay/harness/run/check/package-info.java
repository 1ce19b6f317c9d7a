/** What can be known to fail, or to mislead, before anything is compressed. */
@NullMarked
package dev.assay.harness.run.check;

import org.jspecify.annotations.NullMarked;
