/** Tests of tokenizers. */
@NullMarked
package dev.assay.engine.tokenizer;

import org.jspecify.annotations.NullMarked;
