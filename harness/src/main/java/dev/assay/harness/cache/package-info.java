/** Where Assay keeps what it can make or fetch again. */
@NullMarked
package dev.assay.harness.cache;

import org.jspecify.annotations.NullMarked;
