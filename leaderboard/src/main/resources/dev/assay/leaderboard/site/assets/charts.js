"use strict";
/* Draws the charts from the numbers beside them, in the page's colours. */
(function () {
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const figures = Array.from(document.querySelectorAll("figure.chart"));
  const drawn = new Map();

  function theme() {
    const style = getComputedStyle(document.documentElement);
    const names = ["paper", "ink", "muted", "faint", "line", "accent", "warn", "bad"];
    return Object.fromEntries(names.map((name) => [name, style.getPropertyValue("--" + name).trim()]));
  }

  function escaped(text) {
    const node = document.createElement("span");
    node.textContent = text;
    return node.innerHTML;
  }

  function draw(figure) {
    const box = figure.querySelector(".drawing");
    if (box.clientWidth === 0) return;
    let chart = drawn.get(figure);
    if (!chart) {
      chart = echarts.init(box, null, { renderer: "svg" });
      drawn.set(figure, chart);
      chart.on("click", (event) => {
        if (event.data && event.data.href) location.href = event.data.href;
      });
    }
    const data = JSON.parse(figure.querySelector(".chart-data").textContent);
    const colours = theme();
    const common = {
      animation: false,
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
      tooltip: {
        trigger: "item",
        backgroundColor: colours.paper,
        borderColor: colours.line,
        textStyle: { color: colours.ink, fontSize: 13 },
        formatter: (item) =>
          item.data && item.data.text
            ? "<b>" + escaped(item.data.name) + "</b><br>" + escaped(item.data.text)
            : "",
      },
    };
    const options = assay[figure.dataset.kind](data, colours, box.clientWidth < 480);
    chart.resize();
    chart.setOption(Object.assign(common, options), true);
    if (options.labelled !== undefined) {
      const points = options.series[options.labelled].data;
      const bounds = { series: options.labelled, left: 40, right: box.clientWidth };
      assay.placeLabels(chart, points, bounds);
      chart.setOption({ series: options.series });
    }
    figure.dataset.drawn = "";
  }

  const sizes = new ResizeObserver((entries) => {
    for (const entry of entries) draw(entry.target.closest("figure.chart"));
  });
  for (const figure of figures) {
    figure.querySelector(".chart-table").open = false;
    sizes.observe(figure.querySelector(".drawing"));
  }
  const all = () => figures.forEach(draw);
  /* At once: observers wait for a frame, which a page in the background may not get. */
  all();
  window.addEventListener("assay:shown", all);
  dark.addEventListener("change", all);
  window.addEventListener("beforeprint", all);
  window.addEventListener("afterprint", all);
})();
