/** Suites: what is measured on which models, recipes and targets, and the cells that makes. */
@NullMarked
package dev.assay.harness.suite;

import org.jspecify.annotations.NullMarked;
