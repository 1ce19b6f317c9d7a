"use strict";
/* What the reader chose, kept in the address, so that a link shows the same. */
(function () {
  document.documentElement.classList.add("js");
  const keys = ["q", "model", "method", "status", "provenance", "show", "protocol", "sort", "dir"];

  function read() {
    const given = new URLSearchParams(location.hash.slice(1));
    const state = {};
    for (const key of keys) state[key] = given.get(key) || "";
    return state;
  }

  function write(state) {
    const kept = new URLSearchParams();
    for (const key of keys) if (state[key]) kept.set(key, state[key]);
    const hash = kept.toString();
    history.replaceState(null, "", hash ? "#" + hash : location.pathname + location.search);
  }

  window.assay = { state: { read, write } };
})();
