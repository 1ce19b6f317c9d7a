/** What a model is, layer by layer and linear by linear, and where its weights are read. */
@NullMarked
package dev.assay.engine.model;

import org.jspecify.annotations.NullMarked;
