/** Pickles by hand, sound and hostile. */
@NullMarked
package dev.assay.engine.checkpoint.torch.pickle;

import org.jspecify.annotations.NullMarked;
