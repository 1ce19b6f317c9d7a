package dev.assay.engine.teacher.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.commons.codec.digest.DigestUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers on disk, each in a file of its own under the hash of its request, so that a run that was
 * broken off goes on where it stopped, and a second one asks for nothing. The hash is over the
 * server's address, the model, the messages and the sampling; whether the answer was streamed does
 * not matter to it, and the key is in neither hash nor file. Several threads and processes may use
 * one directory: a file appears whole or not at all.
 *
 * @param directory made when the first answer comes
 */
public record CompletionCache(Path directory) {
  private static final Logger LOG = LoggerFactory.getLogger(CompletionCache.class);
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final int FOLDER_DIGITS = 2;

  /** What stands for a request to a server: a sha256 in hexadecimal. */
  public static String key(URI base, ChatRequest request) {
    return DigestUtils.sha256Hex(written(base, request).toString());
  }

  // The order of the keys is fixed by how the request is written.
  private static ObjectNode written(URI base, ChatRequest request) {
    ObjectNode all = JsonNodeFactory.instance.objectNode();
    all.put("base", base.toString());
    all.set("request", request.body(false));
    return all;
  }

  /** Whether there is an answer to a request; a file that cannot be read is none. */
  public boolean has(URI base, ChatRequest request) {
    return find(base, request).isPresent();
  }

  /** The answer that was kept. */
  Optional<Completion> find(URI base, ChatRequest request) {
    Path file = file(key(base, request));
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      JsonNode kept = MAPPER.readTree(file.toFile());
      return Optional.of(CompletionJson.read(kept.path("completion")));
    } catch (IOException | MalformedReplyException e) {
      LOG.warn("{}: cannot be read, and is asked for again: {}", file, e.getMessage());
      return Optional.empty();
    }
  }

  /** Keeps an answer; one that is there already is replaced. */
  void keep(URI base, ChatRequest request, Completion completion) {
    ObjectNode all = written(base, request);
    all.set("completion", CompletionJson.write(completion));
    Path file = file(key(base, request));
    try {
      WholeFile.write(file, MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(all));
    } catch (IOException e) {
      throw new UncheckedIOException(file + ": an answer cannot be kept", e);
    }
  }

  private Path file(String key) {
    return directory.resolve(key.substring(0, FOLDER_DIGITS)).resolve(key + ".json");
  }
}
