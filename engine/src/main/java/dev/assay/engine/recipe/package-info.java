/** Recipes, the stages they are made of, and the registry of the stages known. */
@NullMarked
package dev.assay.engine.recipe;

import org.jspecify.annotations.NullMarked;
