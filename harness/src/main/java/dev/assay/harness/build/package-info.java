/** Which build of Assay this is. */
@NullMarked
package dev.assay.harness.build;

import org.jspecify.annotations.NullMarked;
