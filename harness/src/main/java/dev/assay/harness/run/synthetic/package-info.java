/** Models that are made from a configuration and a seed, and where they are kept. */
@NullMarked
package dev.assay.harness.run.synthetic;

import org.jspecify.annotations.NullMarked;
