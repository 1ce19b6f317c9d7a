/** Tests of synthetic checkpoints. */
@NullMarked
package dev.assay.engine.synthetic;

import org.jspecify.annotations.NullMarked;
