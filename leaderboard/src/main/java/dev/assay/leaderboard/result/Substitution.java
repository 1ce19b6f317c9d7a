package dev.assay.leaderboard.result;

/**
 * Something that was done to a linear in place of what the recipe asks for.
 *
 * @param stage name of the stage
 * @param layer index of the layer; -1 for what stands beside the layers
 * @param linear name within the layer, for example {@code self_attn.q_proj}
 * @param wanted what was asked for
 * @param done what was done
 * @param why what kept it from being done
 */
public record Substitution(
    String stage, int layer, String linear, String wanted, String done, String why) {}
