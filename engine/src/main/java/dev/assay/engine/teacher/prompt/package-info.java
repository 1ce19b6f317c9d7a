/**
 * What a teacher that only writes text is asked, and what of its answers becomes a training set:
 * prompts of a user's or of a model's own making, filters, and the evaluation sets that are
 * refused.
 */
@NullMarked
package dev.assay.engine.teacher.prompt;

import org.jspecify.annotations.NullMarked;
