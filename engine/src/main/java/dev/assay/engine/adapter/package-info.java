/** Adapters that others trained, folded into a model's weights or kept beside them. */
@NullMarked
package dev.assay.engine.adapter;

import org.jspecify.annotations.NullMarked;
