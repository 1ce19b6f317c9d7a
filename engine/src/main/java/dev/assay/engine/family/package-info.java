/** One small class an architecture: from its configuration to the transformer that runs it. */
@NullMarked
package dev.assay.engine.family;

import org.jspecify.annotations.NullMarked;
