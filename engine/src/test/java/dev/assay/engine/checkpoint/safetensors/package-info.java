/** Safetensors files, sound and broken. */
@NullMarked
package dev.assay.engine.checkpoint.safetensors;

import org.jspecify.annotations.NullMarked;
