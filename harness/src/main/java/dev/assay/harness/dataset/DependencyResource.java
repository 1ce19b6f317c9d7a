package dev.assay.harness.dataset;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;

/**
 * A file inside a Maven dependency that is there for its data only.
 *
 * @param path on the class path
 * @param artifact group, name and version of the dependency
 */
record DependencyResource(String path, String artifact) {

  InputStream open() throws IOException {
    InputStream stream = getClass().getClassLoader().getResourceAsStream(path);
    if (stream == null) {
      throw new FileNotFoundException(
          "no resource " + path + " on the class path; expected " + artifact + " there");
    }
    return stream;
  }

  @Override
  public String toString() {
    return artifact + "!/" + path;
  }
}
