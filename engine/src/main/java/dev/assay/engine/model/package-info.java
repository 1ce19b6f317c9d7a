/** One transformer that a specification parameterises: weights, cache, forward pass. */
@NullMarked
package dev.assay.engine.model;

import org.jspecify.annotations.NullMarked;
