/**
 * Stages that change a model's weights and leave its function as it was, and how norms are folded
 * and streams rotated.
 */
@NullMarked
package dev.assay.engine.fold;

import org.jspecify.annotations.NullMarked;
