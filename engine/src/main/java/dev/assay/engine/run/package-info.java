/** Execution: trees of modules built from a description, weights loaded by name, caches. */
@NullMarked
package dev.assay.engine.run;

import org.jspecify.annotations.NullMarked;
