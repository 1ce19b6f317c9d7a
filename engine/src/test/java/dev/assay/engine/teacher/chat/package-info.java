/** Tests of teachers that only write text. */
@NullMarked
package dev.assay.engine.teacher.chat;

import org.jspecify.annotations.NullMarked;
