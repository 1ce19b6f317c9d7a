/**
 * The model as a value that stages rewrite: what they changed, over the checkpoint it came from.
 */
@NullMarked
package dev.assay.engine.working;

import org.jspecify.annotations.NullMarked;
