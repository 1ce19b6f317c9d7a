package dev.assay.harness.dataset;

import dev.assay.engine.config.BadInputException;
import dev.assay.engine.config.Names;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The datasets that a suite can name. */
public final class DatasetRegistry {
  private static final String FILE_PREFIX = "file:";

  private final List<Dataset> datasets;
  private final Map<String, Path> texts;

  public DatasetRegistry(DatasetLocations locations) {
    this(
        List.of(new EuroparlEnglish(), new WordnetGlosses(), new Wikitext2Raw(locations)),
        Map.of());
  }

  private DatasetRegistry(List<Dataset> datasets, Map<String, Path> texts) {
    this.datasets = datasets;
    this.texts = Map.copyOf(texts);
  }

  /**
   * The same, with text files at known places.
   *
   * @param places where each is, by the name that {@link #find} is asked for
   */
  public DatasetRegistry with(Map<String, Path> places) {
    return new DatasetRegistry(datasets, places);
  }

  /**
   * Looks where the environment variables of this process say.
   *
   * @param first directories that are searched before all others
   */
  public static DatasetRegistry fromEnvironment(List<Path> first) {
    DatasetLocations locations =
        DatasetLocations.fromEnvironment(System.getenv(), Path.of(System.getProperty("user.home")));
    return new DatasetRegistry(locations.withDirectories(first));
  }

  /** The datasets with names of their own; local text files come on top. */
  public List<DatasetInfo> list() {
    return datasets.stream().map(Dataset::info).toList();
  }

  /**
   * The dataset of a name.
   *
   * @param name one of {@link #list}, or a text file: {@code file:} and a path, or a path that ends
   *     in {@code .txt}; relative to the working directory where its place is not known
   * @throws BadInputException if the name is unknown or the file unusable
   */
  public Dataset find(String name) {
    if (isTextFile(name)) {
      Path known = texts.get(name);
      return new LocalTextFile(name, known == null ? textFile(name) : known);
    }
    return datasets.stream()
        .filter(dataset -> dataset.info().name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new BadInputException(
                    "dataset: found '%s', which is no path of a .txt file; %s"
                        .formatted(name, names().expectedInsteadOf(name))));
  }

  /** Whether a name stands for a local text file. */
  public static boolean isTextFile(String name) {
    return name.startsWith(FILE_PREFIX) || name.endsWith(".txt");
  }

  /**
   * Finds a dataset and reads a split of it; errors as in {@link #find} and {@link Dataset#load}.
   */
  public DatasetSplit load(String name, String split) {
    return find(name).load(split);
  }

  private Names names() {
    return new Names(list().stream().map(DatasetInfo::name).toList());
  }

  /**
   * The path that the name of a local text file stands for.
   *
   * @throws BadInputException if it is none
   */
  public static Path textFile(String name) {
    String path = name.startsWith(FILE_PREFIX) ? name.substring(FILE_PREFIX.length()) : name;
    try {
      return Path.of(path.startsWith("//") ? path.substring(2) : path);
    } catch (InvalidPathException e) {
      throw new BadInputException("dataset: found '" + name + "', expected a path", e);
    }
  }
}
