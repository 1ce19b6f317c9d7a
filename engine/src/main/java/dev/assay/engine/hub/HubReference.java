package dev.assay.engine.hub;

import dev.assay.engine.config.BadInputException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A model on the hub: {@code hub:owner/name}, {@code hub:owner/name@revision}, or one GGUF file of
 * it, {@code hub:owner/name@revision#file.gguf}.
 *
 * @param repository owner and name
 * @param revision branch, tag or commit
 * @param file path of a GGUF file in the repository; null for the whole model
 */
public record HubReference(String repository, String revision, @Nullable String file)
    implements HubSource {
  /** The revision where none is given. */
  public static final String MAIN = "main";

  private static final String PREFIX = "hub:";
  private static final String EXPECTED =
      ", expected hub:owner/name, hub:owner/name@revision or hub:owner/name@revision#file.gguf";
  private static final Pattern FORM =
      Pattern.compile("hub:([^@#/]+/[^@#/]+)(?:@([^#]+))?(?:#(.+))?", Pattern.DOTALL);
  private static final Pattern PART = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,95}");
  private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");

  public HubReference {
    if (!isRepository(repository)) {
      throw new BadInputException(
          PREFIX
              + FileName.shown(repository)
              + ": expected owner/name, each of letters, digits, '.', '_' and '-'");
    }
    legal(repository, "revision", revision);
    if (file != null) {
      legal(repository, "file", file);
      if (!file.endsWith(".gguf")) {
        throw new BadInputException(
            PREFIX + repository + ": found file '" + file + "', expected one that ends in .gguf");
      }
    }
  }

  /** Whether a model's path stands for one on the hub. */
  public static boolean isOne(String path) {
    return path.startsWith(PREFIX);
  }

  /**
   * @throws BadInputException if the text is none
   */
  public static HubReference parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw new BadInputException("found '" + FileName.shown(text) + "'" + EXPECTED);
    }
    String revision = form.group(2);
    return new HubReference(form.group(1), revision == null ? MAIN : revision, form.group(3));
  }

  @Override
  public RepositoryKind kind() {
    return RepositoryKind.MODEL;
  }

  /** Whether the revision is a whole commit, which can never mean something else. */
  boolean pinned() {
    return isCommit(revision);
  }

  static boolean isCommit(String text) {
    return COMMIT.matcher(text).matches();
  }

  /** Whether a text is owner and name. */
  static boolean isRepository(String text) {
    String[] parts = text.split("/", -1);
    return parts.length == 2 && part(parts[0]) && part(parts[1]);
  }

  private static boolean part(String text) {
    return PART.matcher(text).matches() && !text.contains("..") && !text.contains("--");
  }

  private static void legal(String repository, String what, String name) {
    FileName.fault(name)
        .ifPresent(
            fault -> {
              throw new BadInputException(
                  PREFIX
                      + repository
                      + ": "
                      + what
                      + " '"
                      + FileName.shown(name)
                      + "': "
                      + fault
                      + EXPECTED);
            });
  }

  /** As it is written in a suite. */
  @Override
  public String toString() {
    return PREFIX + repository + "@" + revision + (file == null ? "" : "#" + file);
  }
}
