package dev.assay.engine.tokenizer;

import java.util.Optional;

/**
 * A tokenizer that was put together from other files.
 *
 * @param name of the file with the vocabulary
 * @param json the text of an equal {@code tokenizer.json}
 * @param bos the token that begins a sequence
 * @param eos the token that ends one
 */
record TokenizerParts(String name, String json, Optional<String> bos, Optional<String> eos) {}
