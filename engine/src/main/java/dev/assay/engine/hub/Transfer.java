package dev.assay.engine.hub;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The attempts to bring one file over; each asks only for what is not there yet. */
final class Transfer {
  private static final Pattern CONTENT_RANGE = Pattern.compile("bytes (\\d{1,18})-\\d+/(\\d+|\\*)");

  private final HubHttp http;
  private final Refusal refusal;
  private final URI address;
  private final PartFile target;

  /** The tag under which a server sent what is there; it may differ from the hub's own. */
  private String validator = "";

  private String validatorHost = "";

  Transfer(HubHttp http, Refusal refusal, URI address, PartFile target) {
    this.http = http;
    this.refusal = refusal;
    this.address = address;
    this.target = target;
  }

  /**
   * @throws IOException if it can be tried again
   */
  void attempt() throws IOException {
    long present = target.present();
    if (present == target.size() && present > 0) {
      return;
    }
    try (HubHttp.Answer answer = http.get(address, headers(present))) {
      switch (answer.status()) {
        case 200 -> {
          // Whoever ignores the range sends everything.
          remember(answer);
          target.append(answer.body(), 0);
        }
        case 206 -> {
          fits(answer, present);
          remember(answer);
          target.append(answer.body(), present);
        }
        case 416 -> {
          target.append(InputStream.nullInputStream(), 0);
        }
        default -> refusal.raise(answer);
      }
    }
  }

  /**
   * A range, bound to the tag where it is known. Without one the hash of the whole is what tells
   * whether the parts belong together.
   */
  private Map<String, String> headers(long present) {
    Map<String, String> headers = new LinkedHashMap<>();
    if (present > 0) {
      headers.put("Range", "bytes=" + present + "-");
      if (!validator.isEmpty() && validatorHost.equals(address.getAuthority())) {
        headers.put("If-Range", validator);
      }
    }
    return headers;
  }

  private void remember(HubHttp.Answer answer) {
    String etag = answer.header("ETag");
    validator = etag.startsWith("\"") ? etag : "";
    validatorHost = answer.address().getAuthority();
  }

  private void fits(HubHttp.Answer answer, long present) throws IOException {
    String found = answer.header("Content-Range");
    Matcher range = CONTENT_RANGE.matcher(found);
    boolean fits =
        range.matches()
            && Long.parseLong(range.group(1)) == present
            && (range.group(2).equals("*") || range.group(2).equals(Long.toString(target.size())));
    if (!fits) {
      throw TransientException.refused(
          "found Content-Range '"
              + FileName.shown(found)
              + "', expected bytes "
              + present
              + "- of "
              + target.size(),
          null);
    }
  }
}
