/** The script that users start. */
@NullMarked
package dev.assay.harness.launcher;

import org.jspecify.annotations.NullMarked;
