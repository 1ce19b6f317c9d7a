/** Forms of weights that store what is not 0, and kernels that multiply by them. */
@NullMarked
package dev.assay.engine.weight.sparse;

import org.jspecify.annotations.NullMarked;
