@NullMarked
package dev.assay.engine.export;

import org.jspecify.annotations.NullMarked;
