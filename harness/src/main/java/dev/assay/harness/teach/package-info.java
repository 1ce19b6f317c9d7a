/** Training sets made of what a teacher writes, by a file that says how. */
@NullMarked
package dev.assay.harness.teach;

import org.jspecify.annotations.NullMarked;
