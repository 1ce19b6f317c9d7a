package dev.assay.engine.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.family.Families;
import dev.assay.engine.fixture.ModelFixture;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.model.Linear;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.run.LanguageModel;
import dev.assay.engine.tokenizer.Tokenizer;
import dev.assay.engine.torch.DType;
import dev.assay.engine.weight.Execution;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A recipe that is shipped, on a trained model: products of two, then GPTQ of both factors. */
@Tag("slow")
class RoundedFactorsOfAModelTest extends TorchTest {
  private static final String TEXT =
      "Mr President, I should like to thank the rapporteur for the work that she has done. The "
          + "committee has voted on the proposal, and the House will have to decide whether it can "
          + "be accepted by the Council. We have to make sure that the rules are the same in all "
          + "Member States, and that small companies are not at a disadvantage. The Commission has "
          + "told us that it will come back to this question before the end of the year, and I "
          + "hope that my colleagues will support the amendments which we have tabled. ";
  private static final int GROUP = 128;

  @TempDir Path directory;

  private final Checkpoint source = Checkpoint.open(ModelFixture.model("ref-7m"));
  private final ModelSpec spec = new Families().architecture(source);
  private final List<long[]> samples = new ArrayList<>();

  @Test
  void runsNearTheProductsThatItIsOf() {
    long[] ids;
    try (Tokenizer tokenizer = Tokenizer.fromDirectory(ModelFixture.model("ref-7m"))) {
      ids = tokenizer.encode(TEXT);
    }
    for (int from = 0; from + 48 <= ids.length; from += 16) {
      samples.add(Arrays.copyOfRange(ids, from, from + 48));
    }
    Pipeline.StageOutcome factored = run("svd-80", "factored").get(0);
    Pipeline.StageOutcome rounded = run("svd-80-gptq-w4-g128", "rounded").get(1);
    run("svd-80-gptq-w4-g128", "again");
    Checkpoint artifact = Checkpoint.open(directory.resolve("rounded"));

    assertThat(Checkpoint.open(directory.resolve("again")).sha256()).isEqualTo(artifact.sha256());
    assertThat(rounded.before().linears()).isEqualTo(factored.after().linears());
    assertThat(rounded.after().linears().parameters())
        .isEqualTo(factored.after().linears().parameters());
    assertThat(rounded.after().linears().bytes()).isEqualTo(spec.layers() * layerBytes());
    long[][] text = {Arrays.copyOf(ids, 64)};
    NDArray exact = logits(Checkpoint.open(directory.resolve("factored")), reference(), text);
    NDArray found = logits(artifact, reference(), text);
    assertThat(off(found, exact)).isLessThan(0.25);
    try (LanguageModel packed =
        LanguageModel.load(
            torch, artifact, spec(artifact), Execution.packed(torch.device(), DType.BFLOAT16))) {
      NDArray ran = torch.tensors().cast(scope, packed.logits(scope, text), DType.FLOAT32);
      assertThat(off(ran, found)).isLessThan(0.03);
      assertThat(packed.linears().stream().filter(each -> each.kernel().startsWith("factors: ")))
          .hasSizeGreaterThanOrEqualTo(4 * spec.layers());
      assertThat(packed.linears()).noneMatch(each -> each.simulated());
    }
  }

  /** Codes of 4 bits, and a scale in 16 bits and a zero of 4 for each group, of both factors. */
  private long layerBytes() {
    long bytes = 0;
    for (Linear linear : spec.main().layer(0).layout().parts().toList()) {
      long out = linear.outFeatures();
      long in = linear.inFeatures();
      long rank = (long) (out * in * 0.8 / (out + in));
      bytes += rounded(out, rank) + rounded(rank, in);
    }
    return bytes;
  }

  private static long rounded(long rows, long columns) {
    long groups = (columns + GROUP - 1) / GROUP;
    return rows * ((columns + 1) / 2 + 2 * groups + (groups + 1) / 2);
  }

  private static double off(NDArray found, NDArray exact) {
    double spread = exact.sub(exact.mean()).square().mean().sqrt().getFloat();
    return found.sub(exact).square().mean().sqrt().getFloat() / spread;
  }

  private Execution reference() {
    return Execution.reference(torch.device());
  }

  private static ModelSpec spec(Checkpoint checkpoint) {
    return new Families().architecture(checkpoint);
  }

  private NDArray logits(Checkpoint checkpoint, Execution execution, long[][] ids) {
    try (LanguageModel model = LanguageModel.load(torch, checkpoint, spec(checkpoint), execution)) {
      return model.logits(scope, ids);
    }
  }

  private List<Pipeline.StageOutcome> run(String recipe, String name) {
    Path recipes = Path.of(System.getProperty("assay.root", ".."), "recipes");
    StageRegistry stages = StageRegistry.load();
    return new Pipeline(torch, spec, stages)
        .run(
            source,
            new RecipeLoader(recipes, stages).load(recipe).stages(),
            samples,
            directory.resolve(name),
            (stage, done, layers) -> {});
  }
}
