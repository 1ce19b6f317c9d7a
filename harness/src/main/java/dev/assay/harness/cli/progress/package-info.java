/** Shows a run while it goes on. */
@NullMarked
package dev.assay.harness.cli.progress;

import org.jspecify.annotations.NullMarked;
