package dev.assay.harness.cli;

import dev.assay.engine.config.BadInputException;
import dev.assay.engine.torch.DType;
import dev.assay.harness.run.synthetic.SyntheticSource;
import dev.assay.harness.suite.SyntheticModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * A configuration that synthetic models can be made of.
 *
 * @param name as suites name it
 * @param file where it is
 * @param family its {@code model_type}
 * @param parameters number of parameters in words, or that this build does not know the family
 */
record SyntheticConfiguration(String name, Path file, String family, String parameters) {

  /** Those in a directory, sorted by name; none where it does not exist. */
  static List<SyntheticConfiguration> in(Path directory) {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> file.getFileName().toString().endsWith(SyntheticModel.SUFFIX))
          .sorted()
          .map(SyntheticConfiguration::of)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(directory + ": cannot be listed: " + e.getMessage(), e);
    }
  }

  private static SyntheticConfiguration of(Path file) {
    String fileName = file.getFileName().toString();
    String name = fileName.substring(0, fileName.length() - SyntheticModel.SUFFIX.length());
    SyntheticSource source = SyntheticSource.of(file, new SyntheticModel(name, 0, DType.FLOAT32));
    return new SyntheticConfiguration(
        name, file, source.config().path("model_type").asText(), parameters(source));
  }

  private static String parameters(SyntheticSource source) {
    try {
      return String.format(Locale.ROOT, "%,d", source.parameters());
    } catch (BadInputException e) {
      return "family not supported yet";
    }
  }
}
