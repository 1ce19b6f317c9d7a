/** Training of models whose linears are rounded as they will be stored. */
@NullMarked
package dev.assay.engine.qat;

import org.jspecify.annotations.NullMarked;
