/** What memory and disk a cell needs, told from its architecture alone, and what there is. */
@NullMarked
package dev.assay.harness.run.need;

import org.jspecify.annotations.NullMarked;
