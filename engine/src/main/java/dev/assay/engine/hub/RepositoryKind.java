package dev.assay.engine.hub;

/** What a repository of the hub holds; the kinds have addresses of their own. */
public enum RepositoryKind {
  MODEL("", "models"),
  DATASET("datasets/", "datasets");

  private final String prefix;
  private final String plural;

  RepositoryKind(String prefix, String plural) {
    this.prefix = prefix;
    this.plural = plural;
  }

  /** Where a repository is, behind the hub's address. */
  String path(String repository) {
    return prefix + repository;
  }

  /** Where a revision of it is described, behind the hub's address. */
  String api(String repository) {
    return "api/" + plural + "/" + repository;
  }

  /** Its directory in the cache. */
  String folder(String repository) {
    return plural + "--" + repository.replace("/", "--");
  }
}
