package dev.assay.engine.teacher.chat;

import java.util.ArrayList;
import java.util.List;

/**
 * The events of a stream of server-sent events: lines {@code data:}, a space behind the colon or
 * none, up to an empty line. Lines end in LF, CRLF or CR; those that begin with a colon are
 * comments. An event at the end that no empty line closes was cut off, and is none.
 */
final class EventReader {
  private EventReader() {}

  /** The data of every event, of several lines with line feeds between. */
  static List<String> read(String stream) {
    List<String> events = new ArrayList<>();
    List<String> data = new ArrayList<>();
    String[] lines = stream.split("\r\n|\n|\r", -1);
    // Behind the last line end there is a line that nothing ended.
    for (int i = 0; i < lines.length - 1; i++) {
      String line = lines[i];
      if (line.isEmpty()) {
        if (!data.isEmpty()) {
          events.add(String.join("\n", data));
          data.clear();
        }
      } else if (line.startsWith("data:")) {
        data.add(line.substring(line.startsWith("data: ") ? 6 : 5));
      }
    }
    return events;
  }
}
