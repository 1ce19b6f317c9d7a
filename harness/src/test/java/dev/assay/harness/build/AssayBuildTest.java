package dev.assay.harness.build;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.engine.quantize.GptqSolver;
import dev.assay.engine.run.LanguageModel;
import dev.assay.engine.tokenizer.Tokenizer;
import dev.assay.harness.dataset.CalibrationSampler;
import dev.assay.harness.measure.latency.LatencyMetric;
import dev.assay.harness.run.artifact.ArtifactKey;
import dev.assay.harness.run.worker.WorkerMain;
import dev.assay.harness.suite.ModelFingerprint;
import dev.assay.leaderboard.site.SiteGenerator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each identity changes with what can change what it names, and with nothing else. */
class AssayBuildTest {
  @TempDir Path code;
  private AssayBuild before = new AssayBuild("", "", "", "", "");

  @BeforeEach
  void write() throws IOException {
    add("dev/assay/engine/quantize/GptqSolver.class");
    add("dev/assay/engine/tokenizer/Tokenizer.class");
    add("dev/assay/harness/measure/latency/LatencyMetric.class");
    add("dev/assay/leaderboard/site/SiteGenerator.class");
    before = AssayBuild.of(List.of(code));
  }

  private void add(String file) throws IOException {
    Path path = code.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, "code of " + file);
  }

  private AssayBuild with(String file) throws IOException {
    add(file);
    return AssayBuild.of(List.of(code));
  }

  private static String artifact(AssayBuild build) {
    return new ArtifactKey(
            new ModelFingerprint("m", new TreeMap<>()), "recipe", "text", build.compression(), 2)
        .id();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "dev/assay/engine/quantize/Another.class",
        "dev/assay/engine/quantize/another.py",
        "dev/assay/engine/prune/Another.class",
        "dev/assay/engine/factorize/InAPackageThatIsYetToBe.class",
        "dev/assay/engine/run/model.py",
        "dev/assay/engine/weight/Another.class",
        "META-INF/services/dev.assay.engine.recipe.StageType",
        "dev/assay/harness/run/worker/Compression$Another.class",
      })
  void whatCompressesChangesArtifactsAndFigures(String file) throws IOException {
    AssayBuild after = with(file);

    assertThat(artifact(after)).isNotEqualTo(artifact(before));
    assertThat(after.id()).isNotEqualTo(before.id());
    assertThat(after.sampling()).isEqualTo(before.sampling());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "dev/assay/engine/tokenizer/Another.class",
        "dev/assay/harness/dataset/Another.class",
      })
  void whatDrawsSamplesLeavesTheKeyOfArtifactsAlone(String file) throws IOException {
    AssayBuild after = with(file);

    assertThat(artifact(after)).isEqualTo(artifact(before));
    assertThat(after.sampling()).isNotEqualTo(before.sampling());
    assertThat(after.id()).isNotEqualTo(before.id());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "dev/assay/harness/measure/latency/Another.class",
        "dev/assay/harness/hardware/disturbance/Another.class",
        "dev/assay/harness/process/Another.class",
        "dev/assay/harness/run/CellRun.class",
        "dev/assay/harness/run/worker/Quality.class",
        "dev/assay/leaderboard/stats/MeanInterval.class",
      })
  void whatMeasuresChangesFiguresAlone(String file) throws IOException {
    AssayBuild after = with(file);

    assertThat(after.id()).isNotEqualTo(before.id());
    assertThat(artifact(after)).isEqualTo(artifact(before));
    assertThat(after.sampling()).isEqualTo(before.sampling());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "dev/assay/leaderboard/site/Another.class",
        "dev/assay/leaderboard/store/Another.class",
        "dev/assay/leaderboard/stats/Ranking.class",
        "dev/assay/engine/export/Another.class",
        "dev/assay/harness/cli/Another.class",
        "dev/assay/harness/hub/Another.class",
        "dev/assay/harness/run/Publication.class",
        "dev/assay/harness/run/artifact/ArtifactCache.class",
      })
  void whatShowsAndKeepsChangesNothing(String file) throws IOException {
    assertThat(with(file)).isEqualTo(before);
  }

  @Test
  void changesWithTheContentOfAFile() throws IOException {
    Files.writeString(code.resolve("dev/assay/engine/quantize/GptqSolver.class"), "other code");

    assertThat(AssayBuild.of(List.of(code)).compression()).isNotEqualTo(before.compression());
  }

  /** Else a class that moved to another package would drop out unseen. */
  @Test
  void theCodeThatRunsIsWhereTheScopesLookForIt() {
    assertThat(CodeScope.COMPRESSION.has(file(GptqSolver.class))).isTrue();
    assertThat(CodeScope.COMPRESSION.has(file(LanguageModel.class))).isTrue();
    assertThat(CodeScope.COMPRESSION.has(file(Tokenizer.class))).isFalse();
    assertThat(CodeScope.SAMPLING.has(file(Tokenizer.class))).isTrue();
    assertThat(CodeScope.SAMPLING.has(file(CalibrationSampler.class))).isTrue();
    assertThat(CodeScope.FIGURES.has(file(LatencyMetric.class))).isTrue();
    assertThat(CodeScope.FIGURES.has(file(WorkerMain.class))).isTrue();
    assertThat(CodeScope.FIGURES.has(file(SiteGenerator.class))).isFalse();
    assertThat(AssayBuild.current()).isEqualTo(AssayBuild.current()).isNotEqualTo(before);
  }

  private static String file(Class<?> type) {
    return type.getName().replace('.', '/') + ".class";
  }
}
