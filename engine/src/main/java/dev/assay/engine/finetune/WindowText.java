package dev.assay.engine.finetune;

import dev.assay.engine.calibration.TextSource;
import dev.assay.engine.calibration.WantedText;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.model.ModelSpec;
import dev.assay.engine.tokenizer.GapTokens;
import dev.assay.engine.tokenizer.SentinelTokens;
import dev.assay.engine.tokenizer.Tokenizer;
import dev.assay.engine.train.CorruptedWindows;
import dev.assay.engine.train.MaskedWindows;
import dev.assay.engine.train.SequenceLengths;
import dev.assay.engine.train.SpanCorruption;
import dev.assay.engine.train.Spans;
import dev.assay.engine.train.TextWindows;
import dev.assay.engine.train.TokenMasking;
import dev.assay.engine.train.TrainingData;
import java.util.List;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Windows of a text, as a model of its kind learns from them.
 *
 * @param texts where they come from
 * @param data the text
 * @param tokens whose tokens
 * @param own the model
 */
record WindowText(
    TextSource texts, WantedText data, Training training, TeacherTokens tokens, ModelSpec own) {
  /** Of what is held out, so that runs of all seeds are looked at with the same. */
  private static final long HELD_SEED = 0;

  /** Reads them. */
  Material read() {
    return switch (own.kind()) {
      case CAUSAL -> continued();
      case MASKED -> gaps();
      case ENCODER_DECODER -> spans();
      case CLASSIFIER -> throw new IllegalStateException("found a classifier");
    };
  }

  private Material continued() {
    TextWindows windows = new TextWindows(texts.windows(data));
    WantedText held = training.held(data);
    TextWindows heldWindows = held == null ? null : new TextWindows(texts.windows(held));
    long length = windows.windows().get(0).length;
    return new Material(
        tokens.data(windows, length),
        heldWindows == null ? null : tokens.data(heldWindows, length),
        length,
        SequenceLengths.of(length),
        0,
        List.of());
  }

  private Material gaps() {
    Checkpoint student = tokens.student();
    GapTokens around;
    try (Tokenizer tokenizer = student.tokenizer()) {
      around = GapTokens.of(tokenizer, own.spec().vocabularySize());
    }
    TokenMasking how = new TokenMasking(training.gaps(), around.mask(), around.ordinary());
    BiFunction<WantedText, Long, MaskedWindows> windows =
        (wanted, seed) ->
            new MaskedWindows(
                texts.windows(shorter(wanted, around.around())).stream()
                    .map(around::framed)
                    .toList(),
                how,
                seed);
    MaskedWindows learned = windows.apply(data, training.seed());
    long length = learned.windows().get(0).length;
    return new Material(learned, held(windows), length, SequenceLengths.of(length), 0, List.of());
  }

  /** Room for what stands around a window. */
  private WantedText shorter(WantedText wanted, int around) {
    int left = Math.min(wanted.length(), own.spec().contextLength()) - around;
    if (left < 2) {
      throw new BadInputException(
          "data: length: found %d, expected at least 2 beside the %d tokens around a window"
              .formatted(wanted.length(), around));
    }
    return new WantedText(wanted.dataset(), wanted.split(), left, wanted.windows(), wanted.bos());
  }

  private Material spans() {
    Spans spans = training.taken();
    SentinelTokens sentinels;
    try (Tokenizer tokenizer = tokens.student().tokenizer()) {
      sentinels = SentinelTokens.of(tokenizer, own.spec().vocabularySize());
    }
    BiFunction<WantedText, Long, CorruptedWindows> windows =
        (wanted, seed) -> {
          List<long[]> read = texts.windows(wanted);
          int most = spans.count(read.get(0).length);
          return new CorruptedWindows(
              read,
              new SpanCorruption(spans, sentinels.sentinels(most), sentinels.end()),
              own.startToken(),
              seed);
        };
    CorruptedWindows learned = windows.apply(data, training.seed());
    SequenceLengths lengths = learned.lengths();
    return new Material(
        learned, held(windows), Math.max(lengths.read(), lengths.written()), lengths, 0, List.of());
  }

  private @Nullable TrainingData held(
      BiFunction<WantedText, Long, ? extends TrainingData> windows) {
    WantedText held = training.held(data);
    return held == null ? null : windows.apply(held, HELD_SEED);
  }
}
