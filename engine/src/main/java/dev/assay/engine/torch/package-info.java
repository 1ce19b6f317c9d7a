/** The way from Java to libtorch: TorchScript text, archived by Assay and run through DJL. */
@NullMarked
package dev.assay.engine.torch;

import org.jspecify.annotations.NullMarked;
