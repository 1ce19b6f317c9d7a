/** Text to token ids and back, as a checkpoint's own tokenizer files say. */
@NullMarked
package dev.assay.engine.tokenizer;

import org.jspecify.annotations.NullMarked;
