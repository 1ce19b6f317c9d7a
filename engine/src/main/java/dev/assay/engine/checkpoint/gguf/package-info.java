/** GGUF files: their header, their tensor types, and how they name and shape what models hold. */
@NullMarked
package dev.assay.engine.checkpoint.gguf;

import org.jspecify.annotations.NullMarked;
