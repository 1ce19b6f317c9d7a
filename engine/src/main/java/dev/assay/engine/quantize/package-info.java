/** Quantization methods: one record of parameters and one class of maths per published method. */
@NullMarked
package dev.assay.engine.quantize;

import org.jspecify.annotations.NullMarked;
