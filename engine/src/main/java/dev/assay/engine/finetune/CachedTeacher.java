package dev.assay.engine.finetune;

import ai.djl.ndarray.NDManager;
import dev.assay.engine.calibration.StageContext;
import dev.assay.engine.model.ModelWeights;
import dev.assay.engine.run.TrainableModel;
import dev.assay.engine.run.TrainableModel.Asked;
import dev.assay.engine.run.TrainableModel.LinearForm;
import dev.assay.engine.train.KeptTeacher;
import dev.assay.engine.train.TaughtData;
import dev.assay.engine.train.TrainingData;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * A teacher whose most probable tokens are read from disk: what is not there yet it is run for
 * before training, one sequence at a time, and then it is gone. Closing this closes its files.
 */
final class CachedTeacher implements AutoCloseable {
  private static final double NANOS_PER_SECOND = 1e9;

  private final StageContext context;
  private final Lesson lesson;
  private final ModelWeights weights;
  private final LinearForm form;
  private final KeptTeacher kept;
  private final List<TaughtData> open = new ArrayList<>();

  /**
   * @param weights the teacher's, of which none is read where all is there
   * @param vocabulary first logits that student and teacher have a token for; 0 for all
   * @param form of the teacher's linears
   */
  CachedTeacher(
      StageContext context, Lesson lesson, ModelWeights weights, long vocabulary, LinearForm form) {
    this.context = context;
    this.lesson = lesson;
    this.weights = weights;
    this.form = form;
    long entries = weights.spec().spec().vocabularySize();
    TeacherCache cache = Objects.requireNonNull(lesson.cache(), "cache");
    this.kept =
        new KeptTeacher(
            context.torch(),
            Objects.requireNonNull(context.room().teachers(), "teachers"),
            identity(),
            (int) Math.min(cache.k(), vocabulary == 0 ? entries : Math.min(vocabulary, entries)),
            TeacherCache.temperature(lesson.loss()),
            vocabulary);
  }

  private String identity() {
    String own = lesson.teachers().get(0).sha256();
    String configuration = weights.checkpoint().config().toString();
    return String.join(
        " ",
        own == null ? weights.checkpoint().sha256() : own,
        DigestUtils.sha256Hex(configuration.getBytes(StandardCharsets.UTF_8)),
        lesson.training().precision().name());
  }

  /** The same sequences with what the teacher makes of them, and what there is to say of that. */
  Material taught(Material material) {
    List<String> notes = new ArrayList<>();
    TrainingData held = material.held();
    TaughtData learned =
        taught(
            material.data(),
            lesson.training().plan().seen(material.data().size()),
            material.longest(),
            notes);
    TaughtData looked =
        held == null
            ? null
            : taught(held, IntStream.range(0, held.size()).toArray(), material.longest(), notes);
    return new Material(
        learned,
        looked,
        material.longest(),
        material.usual(),
        material.writing(),
        Stream.concat(material.notes().stream(), notes.stream()).toList());
  }

  private TaughtData taught(TrainingData data, int[] which, long longest, List<String> notes) {
    long start = System.nanoTime();
    try (NDManager scope = context.torch().manager().newSubManager()) {
      TaughtData taught =
          kept.of(
              data,
              which,
              () -> {
                TrainedStage.requireSame(lesson.teachers().get(0), weights);
                return TrainableModel.read(
                    context.torch(), scope, weights, form, Asked.NOTHING, longest);
              },
              finished ->
                  context
                      .progress()
                      .done(finished, which.length, "the teacher's probabilities are kept"));
      open.add(taught);
      notes.add(note(taught, (System.nanoTime() - start) / NANOS_PER_SECOND));
      return taught;
    }
  }

  private String note(TaughtData taught, double seconds) {
    return String.format(
        Locale.ROOT,
        "%s: its %d most probable tokens at each scored position of %d sequences are read from a file of %d bytes, %s",
        lesson.teachers().get(0).model(),
        kept.k(),
        taught.kept(),
        taught.bytes(),
        taught.run() == 0
            ? "which was there"
            : taught.run() < taught.kept()
                ? "made of %d of them in %.1f s, what was there of the others"
                    .formatted(taught.run(), seconds)
                : "made in %.1f s".formatted(seconds));
  }

  /** Sequences of the first material that the teacher's outputs are of. */
  int sequences() {
    return open.get(0).kept();
  }

  @Override
  public void close() {
    open.forEach(TaughtData::close);
  }
}
