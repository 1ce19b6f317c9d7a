package dev.assay.harness.skipped;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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

  private static String reason(Element skipped) {
    String message = skipped.getAttribute("message").strip();
    String plain = message.replaceFirst("^Assumption failed: ", "");
    return plain.isEmpty() ? "no reason given" : plain;
  }
}
