/** Files that torch.save writes: a zip archive of storages and the pickle that describes them. */
@NullMarked
package dev.assay.engine.checkpoint.torch;

import org.jspecify.annotations.NullMarked;
