package dev.assay.engine.hub;

import dev.assay.engine.config.BadInputException;

/**
 * One file of a data set on the hub, at a commit, so that it can never be another.
 *
 * @param repository owner and name
 * @param revision a whole commit
 * @param file path in the repository
 */
public record HubFile(String repository, String revision, String file) implements HubSource {
  public HubFile {
    if (!HubReference.isRepository(repository) || !HubReference.isCommit(revision)) {
      throw new BadInputException(
          "found '%s@%s', expected owner/name and a commit"
              .formatted(FileName.shown(repository), FileName.shown(revision)));
    }
    String name = file;
    FileName.fault(name)
        .ifPresent(
            fault -> {
              throw new BadInputException("file '" + FileName.shown(name) + "': " + fault);
            });
  }

  @Override
  public RepositoryKind kind() {
    return RepositoryKind.DATASET;
  }

  @Override
  public String toString() {
    return "hub:" + kind().path(repository) + "@" + revision + "#" + file;
  }
}
