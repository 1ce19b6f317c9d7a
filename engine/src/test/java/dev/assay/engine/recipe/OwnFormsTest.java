package dev.assay.engine.recipe;

import dev.assay.engine.fixture.DocumentTable;
import dev.assay.engine.fixture.Goldens;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Which stages make what only Assay loads: the list in {@code docs/METHODS.md} is what they say
 * themselves; {@code -Dassay.regenerate=true} writes it anew.
 */
class OwnFormsTest {
  private static final Path FILE = Goldens.repository().resolve("docs/METHODS.md");
  private static final String BEGIN = "<!-- what only Assay loads, written by OwnFormsTest -->\n";
  private static final String END = "<!-- end of what only Assay loads -->\n";

  @TempDir Path directory;

  @Test
  void areListed() throws IOException {
    StageRegistry registry = StageRegistry.load();
    List<String> lines = new ArrayList<>();
    for (StageType<?> type : registry.all()) {
      if (type.parameters().getName().startsWith(MethodFamilyTableTest.TOY)) {
        continue;
      }
      String given =
          type.name().equals("lora")
              ? "{adapter: '%s'}".formatted(adapter())
              : MethodFamilyTableTest.GIVEN.getOrDefault(type.name(), "{}");
      Step step = RecipeText.steps(directory, "[{" + type.name() + ": " + given + "}]").get(0);
      registry
          .method(step)
          .ownOnly()
          .ifPresent(why -> lines.add("- `" + type.name() + "`: " + why + "."));
    }
    String list = String.join("\n", lines) + "\n";

    new DocumentTable(FILE, BEGIN, END).hold(list, "methods", OwnFormsTest.class);
  }

  /** A stage that takes up an adapter looks whether there is one; nobody reads it here. */
  private Path adapter() throws IOException {
    Path adapter = Files.createDirectories(directory.resolve("adapter"));
    Files.writeString(adapter.resolve("adapter_config.json"), "{}");
    Files.writeString(adapter.resolve("adapter_model.safetensors"), "");
    return adapter;
  }
}
