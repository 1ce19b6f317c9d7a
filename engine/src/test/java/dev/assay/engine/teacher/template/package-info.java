/** Tests of chat templates and of the tokens that become of conversations. */
@NullMarked
package dev.assay.engine.teacher.template;

import org.jspecify.annotations.NullMarked;
