@NullMarked
package dev.assay.engine.checkpoint.gguf;

import org.jspecify.annotations.NullMarked;
