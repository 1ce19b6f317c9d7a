"use strict";
/* Options of a Pareto chart: cells, their intervals and the front. */
assay.pareto = function (data, theme, narrow) {
  /* Logarithmic axes of this library know powers of the base alone; these span less than that. */
  const ticks = (low, high) => {
    const steps = [1, 1.2, 1.4, 1.6, 1.8, 2, 2.5, 3, 4, 5, 6, 7, 8, 9];
    const all = [];
    for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power++) {
      for (const step of steps) all.push(Number((step * 10 ** power).toPrecision(3)));
    }
    return all.filter((tick) => tick >= low && tick <= high);
  };
  const log = (values) => {
    const min = Math.min(...values) / 1.06, max = Math.max(...values) * 1.06;
    const customValues = ticks(min, max);
    return {
      type: "log",
      min,
      max,
      axisLabel: { color: theme.muted, hideOverlap: true, showMinLabel: true, customValues },
      axisTick: { show: false, customValues },
    };
  };
  const axis = (of, values, extra) => Object.assign({
    type: "value",
    scale: true,
    name: of.name,
    nameLocation: "middle",
    nameTextStyle: { color: theme.muted },
    axisLabel: { color: theme.muted, hideOverlap: true },
    axisLine: { show: true, lineStyle: { color: theme.faint } },
    axisTick: { show: false },
    splitLine: { lineStyle: { color: theme.line } },
  }, extra, of.logarithmic ? log(values) : {});

  const xs = data.points.map((point) => point.x);
  const ys = data.points.flatMap((point) => [point.y, point.yLow ?? point.y, point.yHigh ?? point.y]);

  const colour = (point) =>
    point.aside === "disturbed" ? theme.bad : point.aside ? theme.faint : point.front ? theme.accent : theme.muted;

  const cells = data.points.map((point) => ({
    name: point.name,
    value: [point.x, point.y],
    href: point.href,
    text: point.text + (point.aside ? " · " + point.aside : point.front ? " · on the front" : ""),
    symbol: point.baseline ? "diamond" : "circle",
    symbolSize: point.baseline ? 13 : 10,
    itemStyle: {
      color: point.aside ? theme.paper : colour(point),
      borderColor: colour(point),
      borderWidth: 1.5,
    },
    label: {
      show: false,
      important: point.front || point.baseline,
      formatter: point.name.replace(/[{}]/g, ""),
      distance: 6,
      fontSize: 12,
      fontWeight: point.front ? 600 : 400,
      color: point.front ? theme.ink : theme.muted,
      textBorderColor: theme.paper,
      textBorderWidth: 3,
    },
  }));

  const intervals = data.points
    .filter((point) => point.yLow !== undefined && point.yHigh !== undefined)
    .map((point) => [
      { coord: [point.x, point.yLow], lineStyle: { color: colour(point) } },
      { coord: [point.x, point.yHigh] },
    ]);

  return {
    labelled: 1,
    grid: { left: 36, right: narrow ? 14 : 40, top: 14, bottom: 34, containLabel: true },
    xAxis: axis(data.x, xs, { nameGap: 30 }),
    yAxis: axis(data.y, ys, { nameGap: 46 }),
    series: [
      {
        type: "line",
        data: data.front.map((index) => [data.points[index].x, data.points[index].y]),
        symbol: "none",
        silent: true,
        z: 1,
        lineStyle: { color: theme.accent, width: 1.5, opacity: 0.55 },
      },
      {
        type: "scatter",
        data: cells,
        z: 3,
        markLine: {
          data: intervals,
          symbol: ["none", "none"],
          silent: true,
          animation: false,
          label: { show: false },
          lineStyle: { type: "solid", width: 1, opacity: 0.45 },
        },
      },
    ],
  };
};
