/** What of a model a token goes through: some experts of a layer, or some layers. */
@NullMarked
package dev.assay.engine.conditional;

import org.jspecify.annotations.NullMarked;
