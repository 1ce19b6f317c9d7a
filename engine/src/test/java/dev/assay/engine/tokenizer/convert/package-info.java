/** Tests of what conversions check. */
@NullMarked
package dev.assay.engine.tokenizer.convert;

import org.jspecify.annotations.NullMarked;
