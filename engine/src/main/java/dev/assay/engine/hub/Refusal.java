package dev.assay.engine.hub;

import dev.assay.engine.config.BadInputException;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;

/**
 * What an answer that is no success means to the user.
 *
 * @param settings how the hub is reached
 * @param source what was asked for
 * @param file file that was asked for; null for the repository
 */
record Refusal(HubSettings settings, HubSource source, @Nullable String file) {

  /**
   * Throws what fits the answer.
   *
   * @throws TransientException if it may go well later
   * @throws BadInputException if it will not
   */
  void raise(HubHttp.Answer answer) throws IOException {
    int status = answer.status();
    if (status == 429 || status == 408 || status >= 500) {
      throw TransientException.refused("HTTP status " + status, retryAfter(answer));
    }
    throw new BadInputException(
        source
            + ": "
            + switch (status) {
              case 401, 403 -> locked(answer);
              case 404, 410 -> notFound(answer.header("X-Error-Code"));
              default -> status(answer) + message(answer);
            });
  }

  private String locked(HubHttp.Answer answer) {
    URI page = settings.endpoint().resolve("/" + source.kind().path(source.repository()));
    boolean gated = answer.header("X-Error-Code").equals("GatedRepo");
    if (settings.token() == null) {
      return (gated
              ? "the repository is gated: accept its terms at " + page
              : "there is no such public repository; check the name, or if it is private or gated,"
                  + " get access at "
                  + page)
          + " and set HF_TOKEN to a token of yours"
          + status(answer, ", ");
    }
    return (gated
            ? "the repository is gated, and the token in HF_TOKEN has no access: accept its terms"
                + " at "
                + page
            : "the token in HF_TOKEN gives no access; check the name, the token and its rights at "
                + page)
        + status(answer, ", ");
  }

  private String notFound(String code) {
    if (code.equals("EntryNotFound") || (file != null && !code.startsWith("Re"))) {
      return "file '" + file + "' is not in the repository (HTTP status 404)";
    } else if (code.equals("RevisionNotFound")) {
      return "the repository has no revision '"
          + source.revision()
          + "', expected a branch, tag or commit (HTTP status 404)";
    } else if (code.equals("RepoNotFound")) {
      return "there is no such repository at " + settings.endpoint() + " (HTTP status 404)";
    }
    return "there is no such repository, or it has no revision '"
        + source.revision()
        + "', at "
        + settings.endpoint()
        + " (HTTP status 404)";
  }

  private static String status(HubHttp.Answer answer, String before) {
    return before + status(answer);
  }

  private static String status(HubHttp.Answer answer) {
    return "the hub answered with HTTP status " + answer.status();
  }

  private static String message(HubHttp.Answer answer) {
    String message = answer.header("X-Error-Message");
    return message.isEmpty() ? "" : ": " + FileName.shown(message);
  }

  /** Seconds or a date, as HTTP has it; null if there is neither. */
  private static @Nullable Duration retryAfter(HubHttp.Answer answer) {
    String value = answer.header("Retry-After").strip();
    if (value.matches("\\d{1,9}")) {
      return Duration.ofSeconds(Long.parseLong(value));
    }
    try {
      return Duration.between(
          ZonedDateTime.now(ZoneOffset.UTC),
          ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME));
    } catch (DateTimeParseException e) {
      return null;
    }
  }
}
