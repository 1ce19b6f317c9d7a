package dev.assay.engine.torch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.engine.fixture.Goldens;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a script makes it makes on a device that it names, be it a script of whichever module or of
 * a test. There is no exception.
 */
class ScriptDevicesTest {
  /** ATen's functions that make a tensor from none; what is made like another has its device. */
  private static final Pattern MAKES =
      Pattern.compile(
          "torch\\.(zeros|ones|empty|empty_strided|empty_permuted|full|arange|range|linspace"
              + "|logspace|eye|tensor|scalar_tensor|from_file|rand|randn|randint|randperm|normal"
              + "|tril_indices|triu_indices|fft_fftfreq|fft_rfftfreq|sparse_\\w+_tensor"
              + "|\\w+_window)\\(");

  @Test
  void nothingIsMadeWithoutADevice() throws IOException {
    List<String> found = new ArrayList<>();
    List<Path> scripts = scripts();
    for (Path file : scripts) {
      withoutDevice(Files.readString(file, StandardCharsets.UTF_8))
          .forEach(call -> found.add(Goldens.repository().relativize(file) + ": " + call));
    }

    assertThat(scripts).hasSizeGreaterThan(30);
    assertThat(found).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x = torch.zeros([2], dtype=6)",
        "torch.copy_(torch.empty([f(1)]), torch.add(x, 1, device=y))",
        "torch.arange(\n  n)",
        "torch.from_file(path, False, n, dtype=0)",
        "torch.hann_window(4)",
      })
  void whatIsMadeWithoutADeviceIsSeen(String source) {
    assertThat(withoutDevice(source)).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "torch.zeros([2],\n  dtype=6, device=x.device)",
        "torch.full([f(1)], 2, device=torch.device(\"cpu\"))",
        "torch.zeros_like(x)",
        "torch.full_like(x, 1.)",
        "# torch.zeros([2]) would not do",
      })
  void otherCallsAreNot(String source) {
    assertThat(withoutDevice(source)).isEmpty();
  }

  private static List<String> withoutDevice(String source) {
    String code = source.replaceAll("(?m)^\\s*#.*$", "");
    List<String> calls = new ArrayList<>();
    Matcher made = MAKES.matcher(code);
    while (made.find()) {
      String arguments = arguments(code, made.end());
      if (!arguments.contains("device=")) {
        calls.add(made.group() + arguments);
      }
    }
    return calls;
  }

  /**
   * What stands from a place on to the parenthesis that closes the call, those of others left out.
   */
  private static String arguments(String code, int from) {
    StringBuilder own = new StringBuilder();
    int depth = 1;
    for (int at = from; depth > 0 && at < code.length(); at++) {
      char letter = code.charAt(at);
      depth += letter == '(' ? 1 : letter == ')' ? -1 : 0;
      if (depth <= 1) {
        own.append(letter);
      }
    }
    return own.toString();
  }

  /** Of all modules; what is in no package is no script of theirs. */
  private static List<Path> scripts() throws IOException {
    List<Path> scripts = new ArrayList<>();
    try (Stream<Path> rooms = Files.list(Goldens.repository())) {
      for (Path room : rooms.sorted().toList()) {
        for (String kind : List.of("main", "test")) {
          Path packages = room.resolve(Path.of("src", kind, "resources", "dev"));
          if (Files.isDirectory(packages)) {
            scripts.addAll(scripts(packages));
          }
        }
      }
    }
    return scripts;
  }

  private static List<Path> scripts(Path packages) throws IOException {
    try (Stream<Path> files = Files.walk(packages)) {
      return files.filter(file -> file.toString().endsWith(".py")).sorted().toList();
    }
  }
}
