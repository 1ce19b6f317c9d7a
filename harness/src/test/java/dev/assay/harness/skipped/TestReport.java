package dev.assay.harness.skipped;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * What one test class left of a run, as Surefire's XML says it.
 *
 * @param tests how many there were, those that were skipped among them
 * @param skipped the others
 */
record TestReport(int tests, List<Skip> skipped) {
  private static final Pattern TRACE = Pattern.compile("\\R\\s+at ");

  /**
   * @param test class, without its package
   * @param reason what the test or its condition said
   */
  record Skip(String test, String reason) {}

  TestReport {
    skipped = List.copyOf(skipped);
  }

  static TestReport read(Path file) throws IOException {
    NodeList cases;
    try {
      cases =
          DocumentBuilderFactory.newDefaultInstance()
              .newDocumentBuilder()
              .parse(file.toFile())
              .getElementsByTagName("testcase");
    } catch (ParserConfigurationException | SAXException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
    List<Skip> skipped = new ArrayList<>();
    for (int i = 0; i < cases.getLength(); i++) {
      Element test = (Element) cases.item(i);
      NodeList skips = test.getElementsByTagName("skipped");
      if (skips.getLength() > 0) {
        String name = test.getAttribute("classname");
        skipped.add(
            new Skip(name.substring(name.lastIndexOf('.') + 1), reason((Element) skips.item(0))));
      }
    }
    return new TestReport(cases.getLength(), skipped);
  }

  /** A condition's is an attribute; that of an assumption heads the trace of its exception. */
  private static String reason(Element skipped) {
    String message = skipped.getAttribute("message");
    String said = message.isBlank() ? TRACE.split(skipped.getTextContent(), 2)[0] : message;
    String plain =
        said.strip()
            .replaceFirst("^[\\w.$]+Exception:?\\s*", "")
            .replaceFirst("^Assumption failed:\\s*", "");
    return plain.isEmpty() ? "no reason given" : plain;
  }
}
