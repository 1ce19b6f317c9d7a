/** Keys and values in fewer bits: what tokens read, and what of models can be kept so. */
@NullMarked
package dev.assay.engine.cache;

import org.jspecify.annotations.NullMarked;
