/** Smaller vocabularies of the same tokenizer. */
@NullMarked
package dev.assay.engine.tokenizer.trim;

import org.jspecify.annotations.NullMarked;
