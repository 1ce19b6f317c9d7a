package dev.assay.harness.dataset;

import dev.assay.engine.hub.HubFile;
import java.util.List;

/**
 * WikiText-2, raw (Merity et al. 2016, "Pointer Sentinel Mixture Models"), test split.
 *
 * <p>The text is the published file {@code wiki.test.raw} byte for byte, as llama.cpp measures it.
 * The GPTQ and AWQ papers instead join the rows of the hub's table with an empty line between each
 * two, which is another text with other perplexities (for ref-7m, window 1,024, first 65,536
 * tokens: 79.30 in place of 71.21).
 *
 * <p>The hub's own {@code Salesforce/wikitext} has tables only; the original archive is in
 * llama.cpp's repository of test data, {@code ggml-org/ci}.
 */
final class Wikitext2Raw implements Dataset {
  private static final DownloadableText TEST =
      new DownloadableText(
          "wikitext-2-raw",
          new DatasetInfo.Split(
              "test",
              "173c87a53759e0201f33e0ccf978e510c2042d7f2cb78229d9a50d79b9e7dd08",
              1_290_590),
          new ArchiveMember(
              new HubFile(
                  "ggml-org/ci",
                  "927b3642933080f1b0e811e2f916e14c292992f9",
                  "wikitext-2-raw-v1.zip"),
              "wikitext-2-raw/wiki.test.raw"));
  private static final DatasetInfo INFO =
      new DatasetInfo(
          TEST.dataset(),
          "Good and featured articles of Wikipedia, raw words, the file as published",
          "wikitext-2-raw/wiki.test.raw in a directory of ASSAY_DATASETS, or from the Hugging Face"
              + " hub, kept in the cache",
          "CC BY-SA 3.0 and GFDL",
          List.of(TEST.pinned()));

  private final DatasetLocations locations;

  Wikitext2Raw(DatasetLocations locations) {
    this.locations = locations;
  }

  @Override
  public DatasetInfo info() {
    return INFO;
  }

  @Override
  public boolean isLocal(String split) {
    return TEST.isLocal(locations);
  }

  @Override
  public DatasetSplit load(String split) {
    INFO.split(split);
    return TEST.load(locations);
  }
}
