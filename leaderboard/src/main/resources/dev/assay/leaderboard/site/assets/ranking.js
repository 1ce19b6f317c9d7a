"use strict";
/* Sorts and filters the ranking tables; without it they stand whole and in rank order. */
(function () {
  const form = document.getElementById("controls");
  const tables = Array.from(document.querySelectorAll("table.ranking"));
  if (!form || tables.length === 0) return;
  const panels = Array.from(document.querySelectorAll(".panel"));
  const tabs = Array.from(document.querySelectorAll(".tabs a"));
  const count = document.getElementById("count");
  const collator = new Intl.Collator("en", { numeric: true });
  let state = assay.state.read();

  function change(changes) {
    state = Object.assign({}, state, changes);
    assay.state.write(state);
    apply();
  }

  function column(table, key) {
    return Array.from(table.tHead.rows[0].cells).findIndex((head) => head.dataset.key === key);
  }

  function compare(a, b) {
    const x = Number(a), y = Number(b);
    return Number.isNaN(x) || Number.isNaN(y) ? collator.compare(a, b) : x - y;
  }

  /* Rows without a figure stay last whichever way; equal ones keep the order of the ranking. */
  function sort(table) {
    const key = column(table, state.sort) < 0 ? "rank" : state.sort;
    const index = column(table, key);
    const sign = state.dir === "desc" ? -1 : 1;
    const value = (row, at) => (row.cells[at] ? row.cells[at].dataset.v : undefined);
    const rows = Array.from(table.tBodies[0].rows);
    rows.sort((a, b) => {
      const x = value(a, index), y = value(b, index);
      if ((x === undefined) !== (y === undefined)) return x === undefined ? 1 : -1;
      const by = x === undefined ? 0 : sign * compare(x, y);
      return by || compare(value(a, 0), value(b, 0));
    });
    table.tBodies[0].append(...rows);
    for (const head of table.tHead.rows[0].cells) head.removeAttribute("aria-sort");
    if (state.sort) {
      const way = sign > 0 ? "ascending" : "descending";
      table.tHead.rows[0].cells[index].setAttribute("aria-sort", way);
    }
  }

  function matches(row) {
    const words = state.q.toLowerCase().split(/\s+/).filter(Boolean);
    const text = row.dataset.text.toLowerCase();
    return words.every((word) => text.includes(word))
      && ["model", "method", "status"].every((by) => !state[by] || row.dataset[by] === state[by])
      && (!state.provenance || row.dataset.provenance.split(" ").includes(state.provenance));
  }

  function filter(table) {
    let shown = 0;
    for (const row of table.tBodies[0].rows) {
      row.hidden = !matches(row);
      if (!row.hidden) shown++;
    }
    return shown + " of " + table.tBodies[0].rows.length + " cells";
  }

  function choosePanel() {
    const known = panels.some((panel) => panel.dataset.protocol === state.protocol);
    const chosen = known ? state.protocol : panels[0].dataset.protocol;
    for (const panel of panels) panel.hidden = panel.dataset.protocol !== chosen;
    for (const tab of tabs) {
      tab.toggleAttribute("aria-current", tab.dataset.protocol === chosen);
    }
    window.dispatchEvent(new Event("assay:shown"));
    return chosen;
  }

  function apply() {
    for (const field of form.elements) {
      if (field.name && field.value !== state[field.name]) field.value = state[field.name];
    }
    const chosen = choosePanel();
    const counts = [];
    for (const table of tables) {
      table.dataset.show = state.show;
      sort(table);
      const text = filter(table);
      if (table.closest(".panel").dataset.protocol === chosen) counts.push(text);
    }
    count.textContent = counts.join(", ");
  }

  function sortBy(head) {
    const first = "descending" in head.dataset ? "desc" : "asc";
    const second = first === "asc" ? "desc" : "asc";
    const again = state.sort === head.dataset.key && state.dir === first;
    change({ sort: head.dataset.key, dir: again ? second : first });
  }

  for (const table of tables) {
    for (const head of table.tHead.rows[0].cells) {
      const button = document.createElement("button");
      button.type = "button";
      if (!head.querySelector(".label")) {
        const label = document.createElement("span");
        label.className = "label";
        label.append(...head.childNodes);
        head.append(label);
      }
      button.append(...head.childNodes);
      button.addEventListener("click", () => sortBy(head));
      head.append(button);
    }
  }
  for (const tab of tabs) {
    tab.addEventListener("click", (event) => {
      event.preventDefault();
      change({ protocol: tab.dataset.protocol });
    });
  }
  for (const kind of ["input", "change"]) {
    form.addEventListener(kind, (event) => change({ [event.target.name]: event.target.value }));
  }
  form.addEventListener("reset", (event) => {
    event.preventDefault();
    change({ q: "", model: "", method: "", status: "", provenance: "", show: "", sort: "", dir: "" });
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  window.addEventListener("hashchange", () => {
    state = assay.state.read();
    apply();
  });
  apply();
})();
