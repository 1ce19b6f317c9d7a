@NullMarked
package dev.assay.engine.working;

import org.jspecify.annotations.NullMarked;
