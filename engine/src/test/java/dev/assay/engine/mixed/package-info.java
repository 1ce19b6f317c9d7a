@NullMarked
package dev.assay.engine.mixed;

import org.jspecify.annotations.NullMarked;
