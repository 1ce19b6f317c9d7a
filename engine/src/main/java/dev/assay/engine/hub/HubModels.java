package dev.assay.engine.hub;

import dev.assay.engine.config.BadInputException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The models of the hub: finds them in the cache, and brings them there. */
public final class HubModels {
  private static final Logger LOG = LoggerFactory.getLogger(HubModels.class);

  private final HubConnection hub;

  /**
   * @param settings how the hub is reached
   * @param listener hears of downloads
   * @param locks keeps two from downloading the same
   */
  public HubModels(HubSettings settings, HubListener listener, BlobLocks locks) {
    this.hub = HubConnection.of(settings, listener, locks);
  }

  /**
   * A model in the cache, downloaded as far as it is not there. Where the hub cannot be reached, or
   * must not be, the copy that its revision last stood for will do.
   *
   * @throws BadInputException if there is no such model, it may not be read, or what arrives is not
   *     what was announced; the message says what can be done
   */
  public HubSnapshot fetch(HubReference reference) {
    Optional<HubSnapshot> known = withoutAsking(reference);
    if (known.isPresent()) {
      return known.get();
    }
    if (hub.settings().offline()) {
      throw new BadInputException(absent(reference, "HF_HUB_OFFLINE forbids to download it"));
    }
    Listing listing;
    try {
      listing = hub.api().listing(reference);
    } catch (HubUnreachableException e) {
      return cached(reference)
          .map(
              copy -> {
                LOG.warn("{}; using the copy at {}", e.getMessage(), copy.path());
                return copy;
              })
          .orElseThrow(() -> new BadInputException(absent(reference, e.reason()), e));
    }
    try {
      return download(reference, listing);
    } catch (IOException e) {
      throw new BadInputException(
          reference + ": cannot be kept in " + hub.settings().cache() + ": " + e, e);
    }
  }

  /**
   * Whether a model is at hand; nothing but the list of its files is downloaded.
   *
   * @throws BadInputException if there is no such model, or it may not be read
   */
  public HubState state(HubReference reference) {
    Optional<HubSnapshot> known = withoutAsking(reference);
    if (known.isPresent()) {
      return new HubState.Cached(known.get());
    }
    if (hub.settings().offline()) {
      return new HubState.Unknown("HF_HUB_OFFLINE is set");
    }
    try {
      Listing listing = hub.api().listing(reference);
      CommitDownload download = of(reference, listing);
      long bytes = download.remaining(download.missing(wanted(reference, listing)));
      CachedSnapshot snapshot = snapshot(reference, listing.commit());
      return bytes == 0 && snapshot.missing().isEmpty()
          ? new HubState.Cached(new HubSnapshot(reference, listing.commit(), snapshot.path()))
          : new HubState.ToDownload(listing.commit(), bytes);
    } catch (HubUnreachableException e) {
      return cached(reference)
          .<HubState>map(HubState.Cached::new)
          .orElseGet(() -> new HubState.Unknown(e.reason()));
    } catch (IOException e) {
      throw new BadInputException(hub.settings().cache() + ": cannot be read: " + e, e);
    }
  }

  /** A copy that is certain to be the one: the hub cannot say anything new of a whole commit. */
  private Optional<HubSnapshot> withoutAsking(HubReference reference) {
    if (hub.settings().offline()) {
      return cached(reference);
    }
    return reference.pinned() && snapshot(reference, reference.revision()).hasTokenizer()
        ? cached(reference)
        : Optional.empty();
  }

  /** What the revision last stood for, if all of it is in the cache. */
  private Optional<HubSnapshot> cached(HubReference reference) {
    return cache(reference)
        .commit(reference.revision())
        .filter(commit -> snapshot(reference, commit).missing().isEmpty())
        .map(commit -> new HubSnapshot(reference, commit, snapshot(reference, commit).path()));
  }

  private HubSnapshot download(HubReference reference, Listing listing) throws IOException {
    ModelFiles files = new ModelFiles(reference, listing.names());
    CommitDownload download = of(reference, listing);
    for (String name : files.small()) {
      if (name.endsWith(ModelFiles.INDEX_SUFFIX)) {
        // Says which shards there are.
        download.run(of(listing, List.of(name)), event -> {});
      }
    }
    List<RepositoryFile> wanted = wanted(reference, listing);
    boolean downloaded = download.run(wanted, hub.listener());
    Path path = snapshot(reference, listing.commit()).path();
    cache(reference).remember(reference.revision(), listing.commit());
    if (downloaded) {
      hub.listener().on(new HubEvent.DownloadEnded(reference, path));
    }
    return new HubSnapshot(reference, listing.commit(), path);
  }

  /** The files of the checkpoint; the shards as their index has them, once it is in the cache. */
  private List<RepositoryFile> wanted(HubReference reference, Listing listing) throws IOException {
    ModelFiles files = new ModelFiles(reference, listing.names());
    List<String> small = files.small();
    List<String> names = new ArrayList<>(small);
    List<String> weights = files.weights();
    for (String name : small) {
      if (name.endsWith(ModelFiles.INDEX_SUFFIX)
          && cache(reference).has(listing.commit(), name, -1)) {
        Path index = cache(reference).snapshot(listing.commit()).resolve(name);
        weights = List.copyOf(ShardIndex.files(index));
        weights.forEach(files::require);
      }
    }
    names.addAll(weights);
    return of(listing, names);
  }

  private static List<RepositoryFile> of(Listing listing, List<String> names) {
    return names.stream().map(name -> listing.find(name).orElseThrow()).toList();
  }

  private CommitDownload of(HubReference reference, Listing listing) {
    return new CommitDownload(hub, reference, listing.commit());
  }

  private HubCache cache(HubReference reference) {
    return hub.cache(reference);
  }

  private CachedSnapshot snapshot(HubReference reference, String commit) {
    return new CachedSnapshot(reference, cache(reference).snapshot(commit));
  }

  private String absent(HubReference reference, String why) {
    HubCache cache = cache(reference);
    String found =
        cache
            .commit(reference.revision())
            .flatMap(
                commit ->
                    snapshot(reference, commit)
                        .missing()
                        .map(part -> cache.snapshot(commit) + " lacks " + part))
            .orElse(cache.ref(reference.revision()) + " is not there");
    return reference
        + ": found no copy in the cache ("
        + found
        + "), and "
        + why
        + ". Run 'assay fetch "
        + reference
        + "' where the hub can be reached and put "
        + cache.directory().getFileName()
        + " into "
        + cache.root()
        + ", or put the files into a directory and name that";
  }
}
