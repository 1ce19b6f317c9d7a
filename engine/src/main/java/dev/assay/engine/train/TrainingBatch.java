package dev.assay.engine.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sequences of tokens that a model learns from, padded behind their last token to one length. Its
 * arrays are [sequences][tokens] and not to be changed.
 */
public final class TrainingBatch {
  /** In place of a label. */
  public static final long UNSCORED = -100;

  private final long[][] ids;
  private final long[][] mask;
  private final long[][] labels;
  private final long @Nullable [][] types;
  private final @Nullable Source source;
  private final List<@Nullable TrainingBatch> taught;
  private final @Nullable TopTokens tops;
  private final float @Nullable [][] written;
  private final BatchUse use;
  private final float @Nullable [][] shares;

  /** What an encoder reads. */
  public static final class Source {
    private final long[][] ids;
    private final long[][] mask;

    /**
     * @param mask 1 for tokens, 0 for padding
     */
    public Source(long[][] ids, long[][] mask) {
      requireLike("mask of a source", ids, mask);
      this.ids = ids;
      this.mask = mask;
    }

    long[][] ids() {
      return ids;
    }

    long[][] mask() {
      return mask;
    }
  }

  /**
   * @param mask 1 for tokens, 0 for padding
   * @param labels what each position is scored against, already shifted where a model continues
   *     text; {@value #UNSCORED} where it is not
   * @param types segments of the tokens; null where all are of the first
   * @param source what is read before the tokens are written; null where nothing is
   * @param taught the same texts for teachers whose tokens are others, by the teachers' order; null
   *     for one that reads these
   */
  public TrainingBatch(
      long[][] ids,
      long[][] mask,
      long[][] labels,
      long @Nullable [][] types,
      @Nullable Source source,
      List<@Nullable TrainingBatch> taught) {
    this(ids, mask, labels, types, source, taught, null, BatchUse.ALL, null, null);
  }

  private TrainingBatch(
      long[][] ids,
      long[][] mask,
      long[][] labels,
      long @Nullable [][] types,
      @Nullable Source source,
      List<@Nullable TrainingBatch> taught,
      float @Nullable [][] written,
      BatchUse use,
      @Nullable TopTokens tops,
      float @Nullable [][] shares) {
    if (ids.length == 0 || ids[0].length < 1) {
      throw new IllegalArgumentException("found no tokens, expected at least one sequence");
    }
    requireLike("mask", ids, mask);
    requireLike("labels", ids, labels);
    if (types != null) {
      requireLike("types", ids, types);
    }
    if (source != null && source.ids().length != ids.length) {
      throw new IllegalArgumentException(
          "source: found " + source.ids().length + " sequences, expected " + ids.length);
    }
    this.ids = ids;
    this.mask = mask;
    this.labels = labels;
    this.types = types;
    this.source = source;
    this.taught = Collections.unmodifiableList(new ArrayList<>(taught));
    this.written = written;
    this.use = use;
    this.tops = tops;
    this.shares = shares;
  }

  /** Of one stack, without segments. */
  public TrainingBatch(long[][] ids, long[][] mask, long[][] labels) {
    this(ids, mask, labels, null, null);
  }

  /** One whose teachers read the same tokens. */
  public TrainingBatch(
      long[][] ids,
      long[][] mask,
      long[][] labels,
      long @Nullable [][] types,
      @Nullable Source source) {
    this(ids, mask, labels, types, source, List.of());
  }

  /** The same with what was kept of a teacher, in place of teachers that run. */
  TrainingBatch with(TopTokens kept) {
    return new TrainingBatch(ids, mask, labels, types, source, List.of(), written, use, kept, null);
  }

  /** The same, of which some terms alone are taken. */
  TrainingBatch of(BatchUse other) {
    return new TrainingBatch(
        ids, mask, labels, types, source, taught, written, other, tops, shares);
  }

  /**
   * The same with what is known of how its labels were written.
   *
   * @param logs log-probabilities of the labels, [sequences][tokens]
   */
  TrainingBatch written(float[][] logs) {
    return new TrainingBatch(ids, mask, labels, types, source, taught, logs, use, tops, shares);
  }

  /**
   * The same, of which not every teacher teaches all.
   *
   * @param teaching 1 where a teacher does, 0 where it does not, [sequences][teachers]
   */
  TrainingBatch shared(float[][] teaching) {
    if (teaching.length != ids.length) {
      throw new IllegalArgumentException(
          "shares: found " + teaching.length + " sequences, expected " + ids.length);
    }
    return new TrainingBatch(
        ids, mask, labels, types, source, taught, written, use, tops, teaching);
  }

  private static void requireLike(String what, long[][] ids, long[][] other) {
    boolean alike = other.length == ids.length;
    for (int row = 0; alike && row < ids.length; row++) {
      alike = other[row].length == ids[0].length && ids[row].length == ids[0].length;
    }
    if (!alike) {
      throw new IllegalArgumentException(
          what + ": found another shape than that of the tokens, expected one for each of them");
    }
  }

  long[][] ids() {
    return ids;
  }

  long[][] mask() {
    return mask;
  }

  long[][] labels() {
    return labels;
  }

  long @Nullable [][] types() {
    return types;
  }

  @Nullable Source source() {
    return source;
  }

  float @Nullable [][] written() {
    return written;
  }

  float @Nullable [][] shares() {
    return shares;
  }

  BatchUse use() {
    return use;
  }

  List<@Nullable TrainingBatch> taught() {
    return taught;
  }

  @Nullable TopTokens tops() {
    return tops;
  }

  /** Whether a token is scored. */
  boolean isScored(int row, int token) {
    return mask[row][token] != 0 && labels[row][token] != UNSCORED;
  }

  /** Tokens that are not padding, those of a source too. */
  public long tokens() {
    Source read = source;
    long before =
        read == null
            ? 0
            : Arrays.stream(read.mask())
                .flatMapToLong(Arrays::stream)
                .filter(each -> each != 0)
                .count();
    return before + (long) counts().attended();
  }

  /** How many there are of what losses are divided by. */
  public BatchCounts counts() {
    BatchCounts counts = BatchCounts.NONE;
    for (int row = 0; row < ids.length; row++) {
      double scored = 0;
      double attended = 0;
      for (int i = 0; i < ids[row].length; i++) {
        attended += mask[row][i] != 0 ? 1 : 0;
        scored += isScored(row, i) ? 1 : 0;
      }
      counts = counts.plus(BatchCounts.of(scored, attended));
    }
    return counts;
  }
}
