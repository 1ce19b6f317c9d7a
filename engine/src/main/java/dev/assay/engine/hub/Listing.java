package dev.assay.engine.hub;

import java.util.List;
import java.util.Optional;

/**
 * What a repository has.
 *
 * @param commit the commit that the revision stands for
 * @param files all files of it
 */
record Listing(String commit, List<RepositoryFile> files) {
  Listing {
    files = List.copyOf(files);
  }

  List<String> names() {
    return files.stream().map(RepositoryFile::name).toList();
  }

  Optional<RepositoryFile> find(String name) {
    return files.stream().filter(file -> file.name().equals(name)).findFirst();
  }
}
