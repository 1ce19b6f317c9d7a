/** Stages that train a model: on a text, or on what teachers make of it. */
@NullMarked
package dev.assay.engine.finetune;

import org.jspecify.annotations.NullMarked;
