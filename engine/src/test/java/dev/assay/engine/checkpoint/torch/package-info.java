/** Files of torch.save, sound and broken. */
@NullMarked
package dev.assay.engine.checkpoint.torch;

import org.jspecify.annotations.NullMarked;
