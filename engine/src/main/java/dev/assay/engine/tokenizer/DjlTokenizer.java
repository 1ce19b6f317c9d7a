package dev.assay.engine.tokenizer;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.util.Utils;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.torch.DjlTelemetry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.OptionalLong;

/** A tokenizer on Hugging Face's tokenizers library, through DJL. */
final class DjlTokenizer implements Tokenizer {
  private static final String NATIVE_FLAVOR = "RUST_FLAVOR";

  /** Any text that has a token in nearly any vocabulary. */
  private static final String PROBE = "a";

  private final HuggingFaceTokenizer tokenizer;
  private final TokenizerDescription description;
  private final OptionalLong bosId;
  private final boolean addsBos;

  DjlTokenizer(TokenizerDescription description) {
    DjlTelemetry.optOut();
    useBundledLibrary();
    this.tokenizer = open(description);
    this.description = description;
    OptionalLong named = description.special().bosId();
    OptionalLong front = front();
    this.bosId = named.isPresent() ? named : front;
    this.addsBos =
        description
            .special()
            .addsBos()
            .orElse(front.isPresent() && (named.isEmpty() || named.equals(front)));
  }

  private static HuggingFaceTokenizer open(TokenizerDescription description) {
    try {
      // The library's defaults are to truncate at 512 tokens and to pad; both would falsify a text.
      return HuggingFaceTokenizer.newInstance(
          new ByteArrayInputStream(description.json().getBytes(StandardCharsets.UTF_8)),
          Map.of("truncation", "false", "padding", "false"));
    } catch (IOException | RuntimeException e) {
      throw new BadInputException(
          description.name()
              + ": found JSON that is no tokenizer, expected Hugging Face's tokenizer.json: "
              + e.getMessage(),
          e);
    }
  }

  @Override
  public long[] encode(String text) {
    return encode(text, false);
  }

  @Override
  public long[] encodeWithSpecialTokens(String text) {
    return encode(text, true);
  }

  private long[] encode(String text, boolean specialTokens) {
    try {
      return tokenizer.encode(text, specialTokens, false).getIds();
    } catch (RuntimeException e) {
      throw new BadInputException(
          description.name()
              + ": cannot encode a text, expected a tokenizer for any text: "
              + e.getMessage(),
          e);
    }
  }

  @Override
  public String decode(long[] ids) {
    return tokenizer.decode(ids, false);
  }

  @Override
  public String decodeWithoutSpecialTokens(long[] ids) {
    return tokenizer.decode(ids, true);
  }

  @Override
  public int vocabSize() {
    return description.size();
  }

  @Override
  public long largestId() {
    return description.largestId();
  }

  @Override
  public String name() {
    return description.name();
  }

  @Override
  public OptionalLong bosId() {
    return bosId;
  }

  @Override
  public OptionalLong eosId() {
    return description.special().eosId();
  }

  @Override
  public OptionalLong maskId() {
    return description.special().maskId();
  }

  @Override
  public boolean addsBos() {
    return addsBos;
  }

  @Override
  public String sha256() {
    return description.sha256();
  }

  @Override
  public String json() {
    return description.json();
  }

  @Override
  public TokenBytes bytes() {
    return TokenBytes.of(description.name(), description.json());
  }

  @Override
  public void close() {
    tokenizer.close();
  }

  /** The token that the post-processor puts in front of a text, if it does. */
  private OptionalLong front() {
    long[] plain;
    long[] framed;
    try {
      plain = encode(PROBE);
      framed = encodeWithSpecialTokens(PROBE);
    } catch (BadInputException e) {
      // One that cannot encode this text may yet encode others.
      return OptionalLong.empty();
    }
    boolean shifted =
        plain.length > 0
            && framed.length > plain.length
            && !Arrays.equals(plain, Arrays.copyOf(framed, plain.length));
    return shifted ? OptionalLong.of(framed[0]) : OptionalLong.empty();
  }

  /**
   * On a machine with CUDA, DJL would fetch another build of its native library from the network;
   * the one in its jar does the same work.
   */
  private static void useBundledLibrary() {
    if (Utils.getEnvOrSystemProperty(NATIVE_FLAVOR) == null) {
      System.setProperty(NATIVE_FLAVOR, "cpu");
    }
  }
}
