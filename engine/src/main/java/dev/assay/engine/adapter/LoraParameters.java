package dev.assay.engine.adapter;

import dev.assay.engine.config.Default;
import dev.assay.engine.config.Describe;
import dev.assay.engine.config.Require;
import dev.assay.engine.recipe.Stage;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A LoRA adapter in PEFT's format goes into the model's weights, or beside them.
 *
 * @param adapter its directory, as seen from where the program runs
 * @param merge whether weights take it up
 * @param sha256 of the bytes of both files, one after the other, so that a recipe says which
 *     adapter it is; found where it is not given
 * @see <a href="https://arxiv.org/abs/2106.09685">Hu et al. 2021, LoRA</a>
 */
public record LoraParameters(
    @Describe("directory with adapter_config.json and adapter_model.safetensors") String adapter,
    @Default("true") @Describe("fold it into the weights; otherwise it stays beside them")
        boolean merge,
    @Describe("sha256 of both files, one after the other; found where it is not given")
        @Nullable String sha256)
    implements Stage {
  public LoraParameters {
    Require.that(!adapter.isBlank(), "adapter", "'" + adapter + "'", "a directory");
    String found = AdapterFiles.in(Path.of(adapter)).sha256();
    if (sha256 == null) {
      sha256 = found;
    }
    Require.that(sha256.equals(found), "sha256", found + " of " + adapter, sha256);
  }
}
