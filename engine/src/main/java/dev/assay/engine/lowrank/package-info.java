/** Weights as products of two smaller ones. */
@NullMarked
package dev.assay.engine.lowrank;

import org.jspecify.annotations.NullMarked;
