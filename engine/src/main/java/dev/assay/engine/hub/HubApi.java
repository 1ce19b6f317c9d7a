package dev.assay.engine.hub;

import dev.assay.engine.config.BadInputException;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;

/** What can be asked of the hub about a repository. */
final class HubApi {
  private static final int LARGEST_ANSWER = 64 << 20;
  private static final String UNRESERVED = "-._~";

  private final HubSettings settings;
  private final HubHttp http;
  private final Retries retries;

  HubApi(HubSettings settings, HubHttp http, Retries retries) {
    this.settings = settings;
    this.http = http;
    this.retries = retries;
  }

  /** The commit that a revision stands for, and its files. */
  Listing listing(HubSource source) {
    String address =
        settings.endpoint()
            + "/"
            + source.kind().api(source.repository())
            + "/revision/"
            + encoded(source.revision(), "")
            + "?blobs=true";
    byte[] answer = retries.run(address, () -> body(source, URI.create(address)));
    return new ListingReader(address).read(answer);
  }

  private byte[] body(HubSource source, URI address) throws IOException {
    try (HubHttp.Answer answer = http.get(address, Map.of())) {
      if (answer.status() != 200) {
        new Refusal(settings, source, null).raise(answer);
      }
      byte[] content = answer.body().readNBytes(LARGEST_ANSWER + 1);
      if (content.length > LARGEST_ANSWER) {
        throw new BadInputException(address + ": found more than " + LARGEST_ANSWER + " bytes");
      }
      return content;
    }
  }

  /** Where a file of a commit is. */
  URI address(HubSource source, String commit, String file) {
    return URI.create(
        settings.endpoint()
            + "/"
            + source.kind().path(source.repository())
            + "/resolve/"
            + commit
            + "/"
            + encoded(file, "/"));
  }

  /** A file with its size and tag, asked for where the listing does not have them. */
  RepositoryFile complete(HubSource source, String commit, RepositoryFile file) {
    if (file.size() >= 0 && file.etag() != null) {
      return file;
    }
    URI address = address(source, commit, file.name());
    return retries.run(address.toString(), () -> metadata(source, commit, file.name(), address));
  }

  private RepositoryFile metadata(HubSource source, String commit, String name, URI address)
      throws IOException {
    try (HubHttp.Answer answer = http.head(address)) {
      if (answer.status() >= 400) {
        new Refusal(settings, source, name).raise(answer);
      }
      String found = answer.header("X-Repo-Commit");
      if (!found.isEmpty() && !found.equals(commit)) {
        throw new BadInputException(
            address + ": found commit '" + FileName.shown(found) + "', expected " + commit);
      }
      String etag =
          first(answer, "X-Linked-Etag", "ETag").replaceFirst("^W/", "").replace("\"", "");
      String size = first(answer, "X-Linked-Size", "Content-Length");
      if (!etag.matches("[A-Za-z0-9][A-Za-z0-9._-]{7,127}") || !size.matches("\\d{1,15}")) {
        throw new BadInputException(
            address
                + ": found ETag '"
                + FileName.shown(etag)
                + "' and size '"
                + FileName.shown(size)
                + "', expected those of a file on the hub");
      }
      return new RepositoryFile(name, Long.parseLong(size), etag.toLowerCase(Locale.ROOT));
    }
  }

  private static String first(HubHttp.Answer answer, String linked, String plain) {
    String value = answer.header(linked);
    return value.isEmpty() ? answer.header(plain) : value;
  }

  /** Percent-encoded, but for letters, digits, and what is to be kept. */
  private static String encoded(String text, String kept) {
    StringBuilder encoded = new StringBuilder();
    for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
      char character = (char) (each & 0xff);
      boolean plain =
          (character < 0x80 && Character.isLetterOrDigit(character))
              || (UNRESERVED + kept).indexOf(character) >= 0;
      if (plain) {
        encoded.append(character);
      } else {
        encoded.append(String.format("%%%02X", (int) character));
      }
    }
    return encoded.toString();
  }
}
