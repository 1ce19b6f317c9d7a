package dev.assay.engine.tokenizer;

import dev.assay.engine.config.BadInputException;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** What a model that fills gaps reads beside text: what stands around it, and in a gap. */
public final class GapTokens {
  /** Masks of published tokenizers, where no file of theirs names one. */
  private static final List<String> MASKS = List.of("[MASK]", "<mask>");

  /** Any text that has a token in nearly any vocabulary. */
  private static final String PROBE = "a";

  private final long[] front;
  private final long[] back;
  private final long mask;
  private final long[] ordinary;

  private GapTokens(long[] front, long[] back, long mask, long[] ordinary) {
    this.front = front;
    this.back = back;
    this.mask = mask;
    this.ordinary = ordinary;
  }

  /**
   * Those of a tokenizer: its mask token, and what its post-processor puts around a text.
   *
   * @param rows tokens that the model has a vector for
   * @throws BadInputException if it has no mask, puts nothing in front of a text or behind it, or
   *     has nothing but special tokens
   */
  public static GapTokens of(Tokenizer tokenizer, long rows) {
    VocabularyTokens tokens = VocabularyTokens.of(tokenizer);
    OptionalLong mask = tokenizer.maskId();
    for (String usual : MASKS) {
      mask = mask.isPresent() ? mask : tokens.id(usual);
    }
    if (mask.isEmpty() || mask.getAsLong() >= rows) {
      throw new BadInputException(
          "%s: found no mask token %sexpected one such as [MASK], which stands in the gaps that are to be filled"
              .formatted(
                  tokenizer.name(),
                  mask.isEmpty() ? "" : "among the model's %d, ".formatted(rows)));
    }
    long[] plain = tokenizer.encode(PROBE);
    long[] framed = tokenizer.encodeWithSpecialTokens(PROBE);
    int at = at(framed, plain);
    int behind = framed.length - at - plain.length;
    if (at < 1 || behind < 1) {
      throw new BadInputException(
          "%s: found %d tokens in front of a text and %d behind it, expected some such as [CLS] and [SEP]"
              .formatted(tokenizer.name(), Math.max(at, 0), Math.max(behind, 0)));
    }
    long[] front = Arrays.copyOf(framed, at);
    long[] back = Arrays.copyOfRange(framed, at + plain.length, framed.length);
    long[] special =
        LongStream.concat(
                LongStream.concat(Arrays.stream(front), Arrays.stream(back)),
                LongStream.of(mask.getAsLong()))
            .toArray();
    long[] ordinary =
        Arrays.stream(tokens.ordinary(rows))
            .filter(id -> Arrays.stream(special).noneMatch(each -> each == id))
            .toArray();
    if (ordinary.length == 0) {
      throw new BadInputException(
          tokenizer.name() + ": found special tokens alone, expected some that stand for text");
    }
    return new GapTokens(front, back, mask.getAsLong(), ordinary);
  }

  /** Where the tokens of a text begin among those around it; −1 where they are not. */
  private static int at(long[] framed, long[] plain) {
    return Stream.iterate(0, i -> i + plain.length <= framed.length, i -> i + 1)
        .filter(i -> Arrays.equals(framed, i, i + plain.length, plain, 0, plain.length))
        .findFirst()
        .orElse(-1);
  }

  /** What stands in a gap. */
  public long mask() {
    return mask;
  }

  /** Ids of tokens that stand for text, in ascending order. */
  public long[] ordinary() {
    return ordinary.clone();
  }

  /** Tokens that stand around a text. */
  public int around() {
    return front.length + back.length;
  }

  /** A text with what stands around it. */
  public long[] framed(long[] text) {
    return LongStream.concat(
            LongStream.concat(Arrays.stream(front), Arrays.stream(text)), Arrays.stream(back))
        .toArray();
  }
}
