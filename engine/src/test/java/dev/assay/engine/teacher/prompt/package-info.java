/** Tests of prompts and of the training sets that become of them. */
@NullMarked
package dev.assay.engine.teacher.prompt;

import org.jspecify.annotations.NullMarked;
