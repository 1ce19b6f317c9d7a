package dev.assay.engine.hub;

/**
 * What every download needs.
 *
 * @param settings how the hub is reached
 * @param listener hears of downloads and of what is tried again
 * @param locks keeps two from downloading the same
 * @param http single requests
 * @param retries for requests that fail
 * @param api what can be asked about repositories
 */
record HubConnection(
    HubSettings settings,
    HubListener listener,
    BlobLocks locks,
    HubHttp http,
    Retries retries,
    HubApi api) {

  static HubConnection of(HubSettings settings, HubListener listener, BlobLocks locks) {
    HubHttp http = new HubHttp(settings);
    Retries retries = new Retries(settings.retries(), listener);
    return new HubConnection(
        settings, listener, locks, http, retries, new HubApi(settings, http, retries));
  }

  /** The cache of a repository. */
  HubCache cache(HubSource source) {
    return new HubCache(settings.cache(), source);
  }
}
