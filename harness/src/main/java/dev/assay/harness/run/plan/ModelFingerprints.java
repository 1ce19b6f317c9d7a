package dev.assay.harness.run.plan;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.assay.engine.checkpoint.Checkpoint;
import dev.assay.engine.checkpoint.gguf.HeaderWriter;
import dev.assay.engine.checkpoint.tensor.BadCheckpointException;
import dev.assay.engine.tokenizer.Tokenizer;
import dev.assay.harness.suite.ModelFingerprint;
import dev.assay.leaderboard.file.AtomicFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.commons.codec.digest.DigestUtils;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fingerprints of checkpoints. Hashing the weights of a large model takes minutes, so what was
 * found is kept in the cache for as long as no file of the checkpoint changes, see {@link
 * FileStamp}.
 */
public final class ModelFingerprints {
  private static final List<String> BESIDE_THE_WEIGHTS =
      Stream.concat(
              Stream.of("config.json", "quantize_config.json", "chat_template.jinja"),
              Tokenizer.FILES.stream())
          .toList();

  private static final Logger LOG = LoggerFactory.getLogger(ModelFingerprints.class);

  private static final String GGUF_METADATA = "GGUF metadata";
  private static final String UNREADABLE = "unreadable";

  private final Path cache;
  private final ObjectMapper json = new ObjectMapper();
  private final Map<Path, ModelFingerprint> known = new HashMap<>();

  /**
   * @param cache directory for what was found
   */
  public ModelFingerprints(Path cache) {
    this.cache = cache;
  }

  /** What is kept of a model: its state when it was hashed, and the hash. */
  private record Kept(String stamp, String tensors) {}

  /**
   * The fingerprint of a checkpoint. One whose weights cannot be read gets one that says so, as its
   * cells fail by themselves and the others are to run.
   */
  public ModelFingerprint of(Path model) {
    return known.computeIfAbsent(model.toAbsolutePath().normalize(), this::find);
  }

  private ModelFingerprint find(Path model) {
    try {
      FileStamp stamp = FileStamp.of(files(model));
      Path file =
          cache.resolve(DigestUtils.sha256Hex(model.toString().getBytes(StandardCharsets.UTF_8)));
      String tensors = kept(file, stamp.text());
      if (tensors == null) {
        FileTime begin = FileTime.from(Instant.now());
        tensors = hash(model);
        if (stamp.lasts(begin) && stamp.equals(FileStamp.of(files(model)))) {
          keep(file, new Kept(stamp.text(), tensors));
        }
      }
      return new ModelFingerprint(tensors, beside(model));
    } catch (IOException e) {
      throw new UncheckedIOException(model + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private static String hash(Path model) {
    try {
      return Checkpoint.open(model).sha256();
    } catch (BadCheckpointException e) {
      return UNREADABLE;
    }
  }

  private @Nullable String kept(Path file, String stamp) {
    try {
      Kept kept = json.readValue(Files.readAllBytes(file), Kept.class);
      return kept.stamp().equals(stamp) ? kept.tensors() : null;
    } catch (IOException e) {
      // Not there, or from a process that was killed while it wrote.
      return null;
    }
  }

  /** What cannot be kept is found anew the next time, which is slower and no fault of the model. */
  private void keep(Path file, Kept found) {
    try {
      Files.createDirectories(cache);
      AtomicFile.write(file, json.writeValueAsBytes(found));
    } catch (IOException e) {
      LOG.warn(
          "{}: cannot be written, so the model is hashed anew each time: {}", file, e.toString());
    }
  }

  private static SortedMap<String, String> beside(Path model) throws IOException {
    SortedMap<String, String> files = new TreeMap<>();
    for (Path file : besideFiles(model)) {
      files.put(
          String.valueOf(file.getFileName()), DigestUtils.sha256Hex(Files.readAllBytes(file)));
    }
    metadata(model).ifPresent(hash -> files.put(GGUF_METADATA, hash));
    return files;
  }

  private static List<Path> besideFiles(Path model) {
    Path directory = Files.isRegularFile(model) ? model.resolveSibling("") : model;
    return BESIDE_THE_WEIGHTS.stream()
        .map(directory::resolve)
        .filter(Files::isRegularFile)
        .toList();
  }

  /** The metadata of a GGUF file stand for its configuration and tokenizer. */
  private static Optional<String> metadata(Path model) {
    try {
      return Checkpoint.open(model)
          .gguf()
          .map(header -> DigestUtils.sha256Hex(HeaderWriter.bytes(header.metadata(), List.of())));
    } catch (BadCheckpointException e) {
      return Optional.empty();
    }
  }

  private static List<Path> files(Path model) throws IOException {
    if (Files.isRegularFile(model)) {
      return Stream.concat(Stream.of(model), besideFiles(model).stream()).toList();
    }
    try (Stream<Path> list = Files.list(model)) {
      return list.filter(Files::isRegularFile).sorted().toList();
    }
  }
}
