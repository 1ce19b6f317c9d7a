/** The command line, one file a verb. Nothing else writes to standard output. */
@NullMarked
package dev.assay.harness.cli;

import org.jspecify.annotations.NullMarked;
