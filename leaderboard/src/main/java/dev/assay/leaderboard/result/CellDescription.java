package dev.assay.leaderboard.result;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was run: one (model, recipe, target) of a suite.
 *
 * @param id hash of everything that can change the cell's figures
 * @param suite name of the suite
 * @param model the checkpoint
 * @param recipe the compression
 * @param target where it ran
 * @param seed seed of every random choice
 * @param baseline whether ratios of the suite are taken against this cell
 */
public record CellDescription(
    String id,
    String suite,
    Model model,
    Recipe recipe,
    Target target,
    long seed,
    boolean baseline) {
  public CellDescription {
    Require.name("id", id);
    Require.name("suite", suite);
  }

  /**
   * @param name name in the suite
   * @param family architecture, for example {@code llama}
   * @param source where the checkpoint came from, as the suite wrote it
   * @param sha256 hash over the tensors
   * @param parameters number of parameters, tied ones once
   * @param revision commit that the source's revision stood for, of a model from the hub
   */
  public record Model(
      String name,
      String family,
      String source,
      String sha256,
      long parameters,
      @Nullable String revision) {
    public Model {
      Require.name("name", name);
      Require.atLeast("parameters", 0, parameters);
    }
  }

  /**
   * @param name name of the recipe
   * @param summary one line for people
   * @param stages names of the stages in order; empty for an uncompressed model
   * @param resolvedYaml the recipe with every default filled in, as YAML
   */
  public record Recipe(String name, String summary, List<String> stages, String resolvedYaml) {
    public Recipe {
      Require.name("name", name);
      stages = List.copyOf(stages);
    }
  }

  /**
   * @param name name in the suite
   * @param hardwareProfile name of the profile that the machine matched
   * @param device {@code cpu} or {@code cuda}
   * @param dtype arithmetic of the execution that is timed: {@code float32}, {@code bfloat16} …;
   *     with what kernels may do to activations if that is more
   * @param threads intra-op threads
   */
  public record Target(
      String name, String hardwareProfile, String device, String dtype, int threads) {
    public Target {
      Require.name("name", name);
      Require.atLeast("threads", 1, threads);
    }
  }
}
