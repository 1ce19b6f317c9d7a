package dev.assay.leaderboard.site.format;

import dev.assay.leaderboard.result.Protocol;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What pages call a protocol. */
public final class ProtocolName {
  /** What a perplexity's protocol calls a vocabulary that is not the model's own. */
  public static final String VOCABULARY = "vocabulary";

  private static final List<String> LEADING = List.of("dataset", "split");
  private static final int LONGEST_VALUE = 40;

  private ProtocolName() {}

  /**
   * Data set, split, window, arithmetic and a vocabulary that is not the model's own, where the
   * protocol has them, for example {@code europarl-en test, window 1024, float32}; else its id.
   */
  public static String title(Protocol protocol) {
    Map<String, String> settings = protocol.settings();
    List<String> head = LEADING.stream().filter(settings::containsKey).map(settings::get).toList();
    List<String> parts = new ArrayList<>();
    if (!head.isEmpty()) {
      parts.add(String.join(" ", head));
    }
    if (settings.containsKey("window")) {
      parts.add("window " + settings.get("window"));
    }
    if (settings.containsKey("arithmetic")) {
      parts.add(settings.get("arithmetic"));
    }
    vocabulary(protocol).ifPresent(other -> parts.add("vocabulary " + other));
    return parts.isEmpty() ? "protocol " + protocol.id() : String.join(", ", parts);
  }

  /**
   * What became of the vocabulary, where it is not the model's own, for example {@code trimmed to
   * 4096 of 8192 tokens}.
   */
  public static Optional<String> vocabulary(Protocol protocol) {
    return Optional.ofNullable(protocol.settings().get(VOCABULARY))
        .map(full -> full.replaceFirst(", sha256 .*", ""));
  }

  /** Every setting in one line; long values such as hashes are cut. */
  public static String line(Protocol protocol) {
    return String.join(
        " · ",
        protocol.settings().entrySet().stream()
            .map(setting -> setting.getKey() + " " + cut(setting.getValue()))
            .toList());
  }

  private static String cut(String value) {
    return value.length() <= LONGEST_VALUE ? value : value.substring(0, 12) + "…";
  }
}
