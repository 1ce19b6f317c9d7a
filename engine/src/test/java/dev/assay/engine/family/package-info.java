/** Families against a second, plain computation. */
@NullMarked
package dev.assay.engine.family;

import org.jspecify.annotations.NullMarked;
