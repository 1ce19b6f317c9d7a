package dev.assay.leaderboard.site.render;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;

/** The site's own styles and scripts and the chart library, copied from the class path. */
public final class Assets {
  private static final String OWN = "/dev/assay/leaderboard/site/assets/";
  private static final List<String> FILES =
      List.of(
          "base.css",
          "ranking.css",
          "cell.css",
          "state.js",
          "ranking.js",
          "labels.js",
          "pareto.js",
          "roofline.js",
          "charts.js");

  private Assets() {}

  /**
   * Copies every asset into a folder.
   *
   * @throws IOException if an asset is missing or cannot be written
   */
  public static void copyTo(Path folder) throws IOException {
    Files.createDirectories(folder);
    for (String file : FILES) {
      copy(OWN + file, folder.resolve(file));
    }
    String echarts = "/META-INF/resources/_static/echarts/" + echartsVersion() + "/";
    // The build with lines, scatter plots and their axes; the whole library is twice the size.
    copy(echarts + "dist/echarts.common.min.js", folder.resolve("echarts.js"));
    copy(echarts + "LICENSE", folder.resolve("echarts-LICENSE.txt"));
  }

  private static void copy(String resource, Path file) throws IOException {
    try (InputStream in = open(resource)) {
      Files.copy(in, file);
    }
  }

  private static String echartsVersion() throws IOException {
    try (InputStream in = open("/META-INF/maven/org.mvnpm/echarts/pom.properties")) {
      Properties properties = new Properties();
      properties.load(in);
      return properties.getProperty("version");
    }
  }

  private static InputStream open(String resource) throws IOException {
    InputStream in = Assets.class.getResourceAsStream(resource);
    if (in == null) {
      throw new IOException(resource + " is not on the class path");
    }
    return in;
  }
}
