/** Training: parameters of a module, the gradients of its loss, and what moves them. */
@NullMarked
package dev.assay.engine.train;

import org.jspecify.annotations.NullMarked;
