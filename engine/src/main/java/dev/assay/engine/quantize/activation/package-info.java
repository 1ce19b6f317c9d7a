/** Methods that round weights and the inputs of linears together, with the forms they need. */
@NullMarked
package dev.assay.engine.quantize.activation;

import org.jspecify.annotations.NullMarked;
