/** One test for each room of goldens. */
@NullMarked
package dev.assay.engine.golden;

import org.jspecify.annotations.NullMarked;
