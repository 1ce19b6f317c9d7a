package dev.assay.engine.hub;

import dev.assay.engine.config.BadInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Whether a snapshot in the cache has all that its use needs, judged without the hub.
 *
 * @param reference what was asked for
 * @param directory the snapshot
 */
record CachedSnapshot(HubReference reference, Path directory) {

  /** The checkpoint's directory, or its GGUF file. */
  Path path() {
    String file = reference.file();
    return file == null ? directory : directory.resolve(file);
  }

  /** Whether there is a file that a tokenizer can be made from. */
  boolean hasTokenizer() {
    return reference.file() != null || ModelFiles.TOKENIZERS.stream().anyMatch(this::has);
  }

  /** What the snapshot lacks to be loaded; empty if nothing. */
  Optional<String> missing() {
    String file = reference.file();
    if (file != null) {
      return has(file) ? Optional.empty() : Optional.of(file);
    }
    return has(ModelFiles.CONFIG) ? missingWeights() : Optional.of(ModelFiles.CONFIG);
  }

  private Optional<String> missingWeights() {
    for (String single : ModelFiles.SINGLE) {
      if (has(single)) {
        return Optional.empty();
      }
      String index = single + ModelFiles.INDEX_SUFFIX;
      if (has(index)) {
        return missingShard(index);
      }
    }
    return Optional.of("the weights");
  }

  private Optional<String> missingShard(String index) {
    try {
      return ShardIndex.files(directory.resolve(index)).stream()
          .filter(shard -> !has(shard))
          .findFirst();
    } catch (BadInputException e) {
      return Optional.of("a readable " + index);
    }
  }

  private boolean has(String name) {
    return Files.isRegularFile(directory.resolve(name));
  }
}
