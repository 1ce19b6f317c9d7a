package dev.assay.harness.run.cache;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.assay.engine.config.BadInputException;
import dev.assay.engine.family.Families;
import dev.assay.harness.run.synthetic.SyntheticCache;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The synthetic models.
 *
 * @param cache where they are
 */
record SyntheticEntries(SyntheticCache cache) {
  private static final ObjectMapper JSON = new ObjectMapper();

  List<CacheEntry> list() {
    return Listing.directories(cache.root()).stream().map(SyntheticEntries::entry).toList();
  }

  private static CacheEntry entry(Path directory) {
    if (String.valueOf(directory.getFileName()).startsWith(".")) {
      return CacheEntry.stale(
          CacheEntry.Kind.SYNTHETIC, directory, "begun and not finished", "unfinished");
    }
    try {
      JsonNode config = JSON.readTree(Files.readAllBytes(directory.resolve("config.json")));
      String what =
          "%s, %s layers, width %s"
              .formatted(
                  new Families().architecture(config).family(),
                  first(config, "num_hidden_layers", "n_layer", "num_layers"),
                  first(config, "hidden_size", "n_embd", "d_model"));
      return CacheEntry.usable(CacheEntry.Kind.SYNTHETIC, directory, what);
    } catch (IOException | BadInputException | IllegalArgumentException e) {
      return CacheEntry.stale(
          CacheEntry.Kind.SYNTHETIC,
          directory,
          "of no configuration that is known",
          "this build cannot read it");
    }
  }

  private static String first(JsonNode config, String... keys) {
    for (String key : keys) {
      if (config.hasNonNull(key)) {
        return config.get(key).asText();
      }
    }
    return "?";
  }
}
