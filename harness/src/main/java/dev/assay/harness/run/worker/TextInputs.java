package dev.assay.harness.run.worker;

import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.model.CheckpointWeights;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.run.InputMagnitude;
import dev.assay.engine.run.InputMagnitudes;
import dev.assay.engine.tokenizer.Tokenizer;
import dev.assay.engine.torch.TorchSession;
import dev.assay.harness.dataset.DatasetRegistry;
import dev.assay.harness.dataset.DatasetSplit;
import dev.assay.harness.measure.perplexity.PerplexityWindows;
import dev.assay.harness.suite.PerplexityMeasure;
import dev.assay.leaderboard.result.LinearInput;
import dev.assay.leaderboard.result.LinearInputs;

/** Looks at what the linears of an artifact take in on the first window of a perplexity's text. */
final class TextInputs {
  private final TorchSession torch;
  private final DatasetRegistry datasets;

  TextInputs(TorchSession torch, DatasetRegistry datasets) {
    this.torch = torch;
    this.datasets = datasets;
  }

  LinearInputs of(Checkpoint artifact, ModelSpec architecture, PerplexityMeasure measure) {
    DatasetSplit split = datasets.load(measure.dataset(), measure.split());
    long[] window;
    try (Tokenizer tokenizer = artifact.tokenizer()) {
      window = PerplexityWindows.of(measure, split, tokenizer).window(0);
    }
    CheckpointWeights weights = new CheckpointWeights(torch, artifact, architecture);
    return new LinearInputs(
        split.dataset(),
        split.split(),
        window.length,
        new InputMagnitudes(torch, weights)
            .of(new long[][] {window}).stream().map(TextInputs::told).toList());
  }

  private static LinearInput told(InputMagnitude found) {
    boolean seen = found.tokens() > 0;
    return new LinearInput(
        found.layer(),
        found.linear(),
        found.tokens(),
        seen ? found.absmax() : null,
        seen ? found.median() : null,
        found.channels().stream().map(TextInputs::told).toList());
  }

  private static LinearInput.Channel told(InputMagnitude.Channel channel) {
    return new LinearInput.Channel(channel.channel(), channel.absmax());
  }
}
