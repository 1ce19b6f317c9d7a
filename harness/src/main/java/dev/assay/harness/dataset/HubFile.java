package dev.assay.harness.dataset;

import java.net.URI;

/**
 * A file inside a zip archive of a dataset repository on the Hugging Face hub.
 *
 * @param repository owner and name
 * @param revision commit
 * @param archive path of the archive in the repository
 * @param member path of the file in the archive; also its path below a directory of datasets
 */
record HubFile(String repository, String revision, String archive, String member) {

  URI address(URI hub) {
    return URI.create(hub + "/datasets/" + repository + "/resolve/" + revision + "/" + archive);
  }
}
