/** Reads the pickles that PyTorch writes as inert data: nothing in them is ever called. */
@NullMarked
package dev.assay.engine.checkpoint.torch.pickle;

import org.jspecify.annotations.NullMarked;
