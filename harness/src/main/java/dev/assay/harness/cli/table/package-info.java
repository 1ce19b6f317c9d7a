/** Tables for people and for programs. */
@NullMarked
package dev.assay.harness.cli.table;

import org.jspecify.annotations.NullMarked;
