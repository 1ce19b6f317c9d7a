/** Models from the Hugging Face hub: downloads into the cache that all of its clients share. */
@NullMarked
package dev.assay.harness.hub;

import org.jspecify.annotations.NullMarked;
