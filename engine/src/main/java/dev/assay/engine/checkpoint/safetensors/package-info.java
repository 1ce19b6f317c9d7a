/** Safetensors files: their header, read and written. */
@NullMarked
package dev.assay.engine.checkpoint.safetensors;

import org.jspecify.annotations.NullMarked;
