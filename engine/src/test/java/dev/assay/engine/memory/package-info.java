/** That compression takes the memory of one layer, whatever the model's size: measured. */
@NullMarked
package dev.assay.engine.memory;

import org.jspecify.annotations.NullMarked;
