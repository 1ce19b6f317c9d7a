/** Stages that change a model's weights and leave its function as it was. */
@NullMarked
package dev.assay.engine.fold;

import org.jspecify.annotations.NullMarked;
