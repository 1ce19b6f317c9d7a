package dev.assay.leaderboard.result;

import java.util.List;

/**
 * What shows that the artifact is what the recipe asks for, and runs as what it is.
 *
 * @param substitutions what was done in place of what was asked for
 * @param readBack every linear, read back; empty where nothing was compressed
 * @param kernels the forms in which linears ran; empty where the cell failed before
 */
public record ArtifactCheck(
    List<Substitution> substitutions, List<ReadBack> readBack, List<KernelRun> kernels) {
  /** Nothing compressed, nothing run. */
  public static final ArtifactCheck NONE = new ArtifactCheck(List.of(), List.of(), List.of());

  public ArtifactCheck {
    substitutions = List.copyOf(substitutions);
    readBack = List.copyOf(readBack);
    kernels = List.copyOf(kernels);
  }

  /** The same with the forms in which linears ran. */
  public ArtifactCheck with(List<KernelRun> ran) {
    return new ArtifactCheck(substitutions, readBack, ran);
  }
}
