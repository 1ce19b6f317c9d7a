/** Pruning methods: one record of parameters and one class of maths per published method. */
@NullMarked
package dev.assay.engine.prune;

import org.jspecify.annotations.NullMarked;
