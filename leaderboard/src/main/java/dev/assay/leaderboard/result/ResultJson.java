package dev.assay.leaderboard.result;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.AnnotationIntrospector;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.assay.leaderboard.file.AtomicFile;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Reads and writes result files. Instances are immutable and safe for use by several threads. */
public final class ResultJson {
  private final ObjectMapper mapper =
      JsonMapper.builder()
          .addModule(new JavaTimeModule())
          .annotationIntrospector(
              AnnotationIntrospector.pair(
                  new JacksonAnnotationIntrospector(), new RequiredComponents()))
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
          .enable(SerializationFeature.INDENT_OUTPUT)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .defaultPropertyInclusion(
              JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS))
          .build();

  /** The mapper that result files are written with. */
  public ObjectMapper mapper() {
    return mapper;
  }

  /**
   * Writes a result so that a reader meets either the whole file or none, and a process that dies
   * leaves the file as it was.
   *
   * @throws IOException if the file cannot be written
   */
  public void write(Path file, Result result) throws IOException {
    byte[] bytes = mapper.writeValueAsBytes(result);
    try {
      AtomicFile.write(file, bytes);
    } catch (IOException e) {
      throw new IOException(file + ": cannot be written: " + e, e);
    }
  }

  /**
   * Reads a result.
   *
   * @throws IOException if the file cannot be read or does not hold a result of this schema; the
   *     message names the file, and the line and key where there is one
   */
  public Result read(Path file) throws IOException {
    byte[] bytes = bytes(file);
    try {
      JsonNode tree = mapper.readTree(bytes);
      requireKnownVersion(file, tree);
      Texts.check(file, tree);
      return mapper.readValue(bytes, Result.class);
    } catch (JsonProcessingException e) {
      throw new IOException(file + where(e) + ": not a result file: " + what(e), e);
    } catch (RuntimeException e) {
      // Whatever a reader of a single value makes of absurd content, it is about this file.
      throw new IOException(file + ": not a result file: " + e, e);
    }
  }

  private static byte[] bytes(Path file) throws IOException {
    try {
      return Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw new IOException(file + ": no such file", e);
    } catch (IOException e) {
      throw new IOException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private static void requireKnownVersion(Path file, JsonNode tree) throws IOException {
    if (tree.isMissingNode()) {
      throw new IOException(file + ": not a result file: found an empty file");
    }
    JsonNode version = tree.path("schemaVersion");
    if (version.isMissingNode()) {
      throw new IOException(file + ": not a result file: no schemaVersion");
    }
    if (!version.isIntegralNumber()) {
      throw new IOException(
          "%s: not a result file: schemaVersion %s found, a number from %d to %d expected"
              .formatted(file, version, Result.OLDEST_VERSION, Result.SCHEMA_VERSION));
    }
    if (!version.canConvertToInt()
        || version.intValue() < Result.OLDEST_VERSION
        || version.intValue() > Result.SCHEMA_VERSION) {
      throw new IOException(
          "%s: schemaVersion %s found, %d to %d expected%s"
              .formatted(
                  file,
                  version,
                  Result.OLDEST_VERSION,
                  Result.SCHEMA_VERSION,
                  version.decimalValue().compareTo(BigDecimal.valueOf(Result.SCHEMA_VERSION)) > 0
                      ? "; it was written by a newer version of Assay"
                      : ""));
    }
  }

  private static String where(JsonProcessingException e) {
    StringBuilder where = new StringBuilder();
    JsonLocation location = e.getLocation();
    if (location != null && location.getLineNr() > 0) {
      where.append(": line ").append(location.getLineNr());
    }
    if (e instanceof JsonMappingException mapping && !mapping.getPath().isEmpty()) {
      where.append(": ");
      for (JsonMappingException.Reference step : mapping.getPath()) {
        if (step.getFieldName() == null) {
          where.append('[').append(step.getIndex()).append(']');
        } else {
          where.append(where.charAt(where.length() - 1) == ' ' ? "" : ".");
          where.append(step.getFieldName());
        }
      }
    }
    return where.toString();
  }

  private static String what(JsonProcessingException e) {
    if (e instanceof UnrecognizedPropertyException unknown) {
      return "unknown key, expected one of " + unknown.getKnownPropertyIds();
    }
    Throwable cause = e.getCause();
    return cause instanceof IllegalArgumentException && cause.getMessage() != null
        ? cause.getMessage()
        : withoutSettings(e.getOriginalMessage());
  }

  /** The parser's words without the names of its settings. */
  private static String withoutSettings(String message) {
    return message
        .replaceAll(", from `[^`]*`", "")
        .replaceAll(": enable `[^`]*` to allow", ", expected a number");
  }
}
