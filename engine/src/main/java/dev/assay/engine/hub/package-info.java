/**
 * Models and data sets of the Hugging Face hub: downloads into the cache that all of its clients
 * share.
 */
@NullMarked
package dev.assay.engine.hub;

import org.jspecify.annotations.NullMarked;
