/** Memory of keys and values, and the contexts that it allows. */
@NullMarked
package dev.assay.harness.measure.cache;

import org.jspecify.annotations.NullMarked;
