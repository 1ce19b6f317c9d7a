/** What a suite would run: cells with their identities, what is there already, and an estimate. */
@NullMarked
package dev.assay.harness.run.plan;

import org.jspecify.annotations.NullMarked;
