package dev.assay.engine.teacher.local;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.config.ForeignJson;
import dev.assay.engine.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;

/** Tokens with which a model ends an answer. */
public final class AnswerEnds {
  private static final String GENERATION = "generation_config.json";
  private static final String KEY = "eos_token_id";

  private AnswerEnds() {}

  /**
   * Those of {@code eos_token_id} in {@code generation_config.json}, where there may be several,
   * and in {@code config.json}, and the one of the tokenizer.
   *
   * @throws BadInputException if a file is broken
   */
  public static Set<Long> of(Checkpoint checkpoint, Tokenizer tokenizer) {
    Set<Long> ends = new TreeSet<>(of(checkpoint));
    tokenizer.eosId().ifPresent(ends::add);
    return ends;
  }

  /**
   * Those of both files alone, of a model that continues texts.
   *
   * @throws BadInputException if a file is broken
   */
  public static Set<Long> of(Checkpoint checkpoint) {
    Set<Long> ends = new TreeSet<>();
    Path file = checkpoint.directory().resolve(GENERATION);
    if (Files.exists(file)) {
      collect(generation(file).path(KEY), ends);
    }
    collect(checkpoint.config().path(KEY), ends);
    return ends;
  }

  private static JsonNode generation(Path file) {
    try {
      return ForeignJson.read(file.toString(), Files.readAllBytes(file)).root();
    } catch (IOException e) {
      throw new BadInputException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private static void collect(JsonNode value, Set<Long> ends) {
    if (value.isIntegralNumber() && value.longValue() >= 0) {
      ends.add(value.longValue());
    }
    value.forEach(each -> collect(each, ends));
  }
}
