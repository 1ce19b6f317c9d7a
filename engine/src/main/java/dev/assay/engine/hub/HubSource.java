package dev.assay.engine.hub;

/** What can be asked of the hub; {@code toString} is how it is written. */
public sealed interface HubSource permits HubReference, HubFile {
  /** What its repository holds. */
  RepositoryKind kind();

  /** Owner and name. */
  String repository();

  /** Branch, tag or commit. */
  String revision();

  /** The part of the repository's name after the owner. */
  default String name() {
    return repository().substring(repository().indexOf('/') + 1);
  }
}
