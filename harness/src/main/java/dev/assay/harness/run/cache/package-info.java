/** What lies in the cache, what of it this build can still use, and how the rest is deleted. */
@NullMarked
package dev.assay.harness.run.cache;

import org.jspecify.annotations.NullMarked;
