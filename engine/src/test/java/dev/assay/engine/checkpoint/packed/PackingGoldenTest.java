package dev.assay.engine.checkpoint.packed;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.assay.engine.checkpoint.Weights;
import dev.assay.engine.fixture.TorchTest;
import dev.assay.engine.weight.GridForm;
import dev.assay.engine.weight.GridForm.Layout;
import dev.assay.engine.weight.QuantizedWeight;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Words from a NumPy program that follows the published layouts bit by bit, in uint32: 3-bit codes
 * as ten and two bits, one bit and ten and one bit, two bits and ten. The code of input i and
 * output o is (7i + 5o + ⌊i/9⌋) mod 2^bits, the zero of group g and output o is (3g + o) mod
 * 2^bits; groups are of 32 inputs.
 */
class PackingGoldenTest extends TorchTest {
  @ParameterizedTest
  @CsvSource({
    "2, '-1313837972 453428929 -1335071717 113689009',"
        + " '1819220763 -957238852 1864047558 -240010132',"
        + " '-454761244 -454761244 -1819044973 -1819044973'",
    "3, '-1071002696 -301904291 -1754264974 -1665433517 350608386 10956512',"
        + " '-1684574125 350010242 -525933092 1996830510 -877123143 1851638093',"
        + " '-1996831096 -964101434 -87652102 1665432931 2103657597 1149068100'",
    "4, '440163952 -1547311352 1012822145 -974714854 1584431523 -418899396 1887544261 135937118',"
        + " '-974714581 1584435891 -418829508 1888662469 153828446 -1833712153 725376624"
        + " -1278875895',"
        + " '1985229328 -19088744 1985229328 -19088744 -1450744509 554692043 -1450744509"
        + " 554692043'",
    "8, '353240832 824845084 1313292344 1784896597 -2021623695 -1550019186 -1061637718 -589967673"
        + " -118363421 353240832 824845084 1313292344 1784896597 -2021623695 -1550019186"
        + " -1061637718',"
        + " '-1331060069 -859455817 -371008557 100595696 572199692 1043804201 1532185669"
        + " 2003855714 -1819507330 -1331060069 -859455817 -371008557 100595696 572199692"
        + " 1043804201 1532185669',"
        + " '50462976 117835012 185207048 252579084 319951120 387323156 454695192 522067228"
        + " 100992003 168364039 235736075 303108111 370480147 437852183 505224219 572596255'",
  })
  void gptqWords(int bits, String firstOutput, String lastOutput, String zeros) {
    QuantizedWeight weight = weight(32, new GridForm(bits, 32, false, true, Layout.GPTQ));

    Map<String, NDArray> packed = packed(weight);

    NDArray qweight = tensor(packed, "qweight");
    assertThat(qweight.getShape()).isEqualTo(new Shape(64L * bits / 32, 32));
    assertThat(qweight.get(":, 0").toIntArray()).containsExactly(words(firstOutput));
    assertThat(qweight.get(":, 31").toIntArray()).containsExactly(words(lastOutput));
    assertThat(tensor(packed, "qzeros").getShape()).isEqualTo(new Shape(2, bits));
    assertThat(tensor(packed, "qzeros").toIntArray()).containsExactly(words(zeros));
    assertThat(tensor(packed, "scales").getShape()).isEqualTo(new Shape(2, 32));
    assertThat(tensor(packed, "scales").get("1").toFloatArray())
        .containsExactly(weight.scales().get(":, 1").toFloatArray());
    assertThat(tensor(packed, "g_idx").toIntArray())
        .containsExactly(IntStream.range(0, 64).map(i -> i / 32).toArray());
  }

  /** Symmetric grids are written as version 1, whose zeros are less by 1. */
  @ParameterizedTest
  @CsvSource({
    "2, '1431655765 1431655765'",
    "3, '-613566757 -1227133514 1840700269'",
    "4, '2004318071 2004318071 2004318071 2004318071'",
    "8, '2139062143 2139062143 2139062143 2139062143 2139062143 2139062143 2139062143 2139062143'",
  })
  void gptqZerosOfSymmetricGrids(int bits, String zeros) {
    GridForm grid = new GridForm(bits, -1, true, true, Layout.GPTQ);
    QuantizedWeight weight =
        Weights.of(scope, 32, 64, grid, (row, column) -> 1, (row, group) -> 1 << (bits - 1));

    NDArray qzeros = tensor(packed(weight), "qzeros");

    assertThat(qzeros.toIntArray()).containsExactly(words(zeros));
  }

  @Test
  void awqWords() {
    QuantizedWeight weight = weight(16, new GridForm(4, 32, false, true, Layout.AWQ));

    Map<String, NDArray> packed = packed(weight);

    NDArray qweight = tensor(packed, "qweight");
    assertThat(qweight.getShape()).isEqualTo(new Shape(64, 2));
    assertThat(qweight.get("0:3").toIntArray())
        .containsExactly(972416160, -1317180376, -1603511529, 686085023, 399753870, -1621407226);
    assertThat(qweight.get("63").toIntArray()).containsExactly(972416160, -1317180376);
    assertThat(tensor(packed, "qzeros").toIntArray())
        .containsExactly(1966171168, -38146904, -1469802669, 552345563);
    assertThat(packed).containsOnlyKeys("qweight", "qzeros", "scales");
  }

  private QuantizedWeight weight(int out, GridForm grid) {
    int mask = grid.maxCode();
    return Weights.of(
        scope,
        out,
        64,
        grid,
        (row, column) -> (7 * column + 5 * row + column / 9) & mask,
        (row, group) -> (3 * group + row) & mask);
  }

  private Map<String, NDArray> packed(QuantizedWeight weight) {
    return QuantizationConfig.of(weight.grid()).packing().pack(torch, scope, weight);
  }

  private static NDArray tensor(Map<String, NDArray> packed, String suffix) {
    return Objects.requireNonNull(packed.get(suffix));
  }

  private static int[] words(String text) {
    return Arrays.stream(text.split(" ")).mapToInt(Integer::parseInt).toArray();
  }
}
