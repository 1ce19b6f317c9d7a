/** Tokenizers of other published forms, written anew as Hugging Face's {@code tokenizer.json}. */
@NullMarked
package dev.assay.engine.tokenizer.convert;

import org.jspecify.annotations.NullMarked;
