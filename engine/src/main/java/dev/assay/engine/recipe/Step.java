package dev.assay.engine.recipe;

/**
 * A stage at its place in a recipe.
 *
 * @param stage name of the {@link StageType}
 * @param parameters its parameters, of the type's record
 */
public record Step(String stage, Stage parameters) {}
