/**
 * The part of a cell that needs libtorch, in a process that may die without taking the run along.
 */
@NullMarked
package dev.assay.harness.run.worker;

import org.jspecify.annotations.NullMarked;
