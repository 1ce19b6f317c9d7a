@NullMarked
package dev.assay.engine.teacher.local;

import org.jspecify.annotations.NullMarked;
