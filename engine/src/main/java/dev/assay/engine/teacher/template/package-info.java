/**
 * Conversations as the texts and tokens that a model was trained to read: a tokenizer's chat
 * template, and examples of which only the answer is scored.
 */
@NullMarked
package dev.assay.engine.teacher.template;

import org.jspecify.annotations.NullMarked;
