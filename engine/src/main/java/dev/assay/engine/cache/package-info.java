/** Methods that keep keys and values of the tokens before in fewer bits. */
@NullMarked
package dev.assay.engine.cache;

import org.jspecify.annotations.NullMarked;
