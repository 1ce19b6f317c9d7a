package dev.assay.harness.skipped;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SkippedTestsTest {
  /** As Surefire writes it for a condition, an assumption, and an assumption without a word. */
  private static final String REPORT =
      """
      <?xml version="1.0" encoding="UTF-8"?>
      <testsuite name="some.pack.FooTest" tests="4" skipped="3">
        <testcase name="a" classname="some.pack.FooTest"/>
        <testcase name="b" classname="some.pack.FooTest">
          <skipped message="Disabled on &amp; off"/>
        </testcase>
        <testcase name="c" classname="some.pack.FooTest">
          <skipped type="org.opentest4j.TestAbortedException"><![CDATA[org.opentest4j.TestAbortedException: Assumption failed: no browser: none found
      \tat org.junit.jupiter.api.Assumptions.abort(Assumptions.java:300)
      \tat some.pack.FooTest.c(FooTest.java:7)
      ]]></skipped>
        </testcase>
        <testcase name="d" classname="some.pack.FooTest">
          <skipped type="org.opentest4j.TestAbortedException"><![CDATA[org.opentest4j.TestAbortedException
      \tat some.pack.FooTest.d(FooTest.java:9)
      ]]></skipped>
        </testcase>
      </testsuite>
      """;

  @TempDir Path root;

  @Test
  void reasonsAreCountedAndNamed() throws IOException {
    TestReport report = TestReport.read(report("one", "TEST-some.pack.FooTest.xml"));

    assertThat(SkippedTests.summary(List.of(report, report)))
        .containsExactly(
            "Skipped tests: 6 of 8, because",
            "  2: Disabled on & off [FooTest]",
            "  2: no browser: none found [FooTest]",
            "  2: no reason given [FooTest]");
    assertThat(SkippedTests.summary(List.of(new TestReport(7, List.of()))))
        .containsExactly("Skipped tests: none of 7.");
    assertThat(SkippedTests.summary(List.of()))
        .containsExactly("Skipped tests: no tests were run.");
  }

  @Test
  void reportsOfAllModulesOfThisBuildCount() throws IOException {
    Instant begin = Instant.now().minusSeconds(100);
    Path old = report("one", "TEST-Old.xml");
    Files.setLastModifiedTime(old, FileTime.from(begin.minusSeconds(1)));
    Path first = report("one", "TEST-New.xml");
    Path second = report("two", "TEST-New.xml");
    report("two", "New.txt");

    assertThat(SkippedTests.files(root, begin)).containsExactly(first, second);
  }

  private Path report(String module, String name) throws IOException {
    Path directory = Files.createDirectories(root.resolve(module + "/target/surefire-reports"));
    return Files.writeString(directory.resolve(name), REPORT);
  }
}
