/** What is taken of a cell: one package a kind of metric, one class a metric. */
@NullMarked
package dev.assay.harness.measure;

import org.jspecify.annotations.NullMarked;
