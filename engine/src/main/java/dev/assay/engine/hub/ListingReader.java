package dev.assay.engine.hub;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.assay.engine.config.BadInputException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads the hub's answer about a revision; nothing in it is trusted. */
final class ListingReader {
  private static final long LARGEST_FILE = 1L << 50;

  private final String address;

  /**
   * @param address where the answer came from, for errors
   */
  ListingReader(String address) {
    this.address = address;
  }

  /**
   * @throws BadInputException if the answer is not as the hub's API has it, or has a file whose
   *     name could lead out of the cache
   */
  Listing read(byte[] answer) {
    JsonNode root = json(answer);
    String commit = root.path("sha").asText();
    if (!HubReference.isCommit(commit)) {
      throw bad("key sha: found '" + FileName.shown(commit) + "', expected a commit");
    }
    JsonNode siblings = root.path("siblings");
    if (!siblings.isArray()) {
      throw bad("key siblings: found " + siblings.getNodeType() + ", expected a list of files");
    }
    List<RepositoryFile> files = new ArrayList<>();
    for (JsonNode sibling : siblings) {
      files.add(file(sibling));
    }
    return new Listing(commit, files);
  }

  private JsonNode json(byte[] answer) {
    try {
      return new ObjectMapper().readTree(answer);
    } catch (JsonProcessingException e) {
      throw bad("found no JSON: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw new IllegalStateException("bytes in memory can be read", e);
    }
  }

  private RepositoryFile file(JsonNode sibling) {
    String name = sibling.path("rfilename").asText();
    Optional<String> fault = FileName.fault(name);
    if (fault.isPresent()) {
      throw bad(
          "found file name '"
              + FileName.shown(name)
              + "', refused because "
              + fault.get()
              + "; expected a path within the repository");
    }
    JsonNode large = sibling.path("lfs");
    String hash = large.path("sha256").asText(sibling.path("blobId").asText(""));
    long size = large.path("size").asLong(sibling.path("size").asLong(-1));
    if (size > LARGEST_FILE) {
      throw bad(
          "file '" + FileName.shown(name) + "': found " + size + " bytes, expected a real file");
    }
    return new RepositoryFile(name, size, Checksum.known(hash) ? hash : null);
  }

  private BadInputException bad(String what) {
    return new BadInputException(address + ": " + what);
  }
}
