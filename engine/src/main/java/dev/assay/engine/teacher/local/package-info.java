/** Teachers of one's own: models on this machine that only write text. */
@NullMarked
package dev.assay.engine.teacher.local;

import org.jspecify.annotations.NullMarked;
