package dev.assay.leaderboard.result;

import java.util.List;

/**
 * What the linears of the artifact take in while it reads a piece of text, in float32.
 *
 * @param dataset name of the text
 * @param split split of it
 * @param tokens read, from its beginning
 * @param linears every linear of the layers
 */
public record LinearInputs(String dataset, String split, int tokens, List<LinearInput> linears) {
  public LinearInputs {
    Require.atLeast("tokens", 1, tokens);
    linears = List.copyOf(linears);
  }
}
