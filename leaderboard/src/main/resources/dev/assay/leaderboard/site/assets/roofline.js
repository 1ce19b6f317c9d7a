"use strict";
/* Options of a roofline: ceilings as lines, cells as points, both axes logarithmic. */
assay.roofline = function (data, theme, narrow) {
  const prefixes = [[1e15, "P"], [1e12, "T"], [1e9, "G"], [1e6, "M"], [1e3, "k"]];
  const flops = (value) => {
    const found = prefixes.find(([factor]) => value >= factor * 0.999);
    return found ? Number((value / found[0]).toPrecision(3)) + " " + found[1] : String(value);
  };
  const decade = (value, way) => 10 ** way(Math.log10(value));
  const ys = data.points.map((point) => point.y).concat(data.roofs.flatMap((roof) => [roof.from[1], roof.to[1]]));
  const xs = data.points.map((point) => point.x).concat(data.roofs.flatMap((roof) => [roof.from[0], roof.to[0]]));

  const left = Math.min(...xs), right = Math.max(...xs);

  const axis = (name, values, extra) => Object.assign({
    type: "log",
    min: decade(Math.min(...values), Math.floor),
    max: decade(Math.max(...values), Math.ceil),
    name,
    nameLocation: "middle",
    nameTextStyle: { color: theme.muted },
    axisLabel: { color: theme.muted },
    axisLine: { show: true, lineStyle: { color: theme.faint } },
    axisTick: { show: false },
    splitLine: { lineStyle: { color: theme.line } },
  }, extra);

  /* Bandwidths lie close together: their names take turns along and about the lines. */
  const rising = data.roofs.filter((roof) => roof.to[1] > roof.from[1])
    .sort((a, b) => b.from[1] - a.from[1]);
  const turns = ["insideMiddleTop", "insideMiddleBottom", "insideStartTop", "insideStartBottom", "insideEndBottom"];
  const position = (roof) =>
    rising.includes(roof) ? turns[rising.indexOf(roof) % turns.length] : "insideEndTop";

  const roofs = data.roofs.map((roof) => {
    const measured = roof.origin === "measured";
    return [
      {
        coord: roof.from,
        lineStyle: {
          color: roof.disturbed ? theme.bad : measured ? theme.ink : theme.faint,
          type: measured ? "solid" : "dashed",
          width: measured ? 1.5 : 1,
        },
        label: {
          show: !narrow || measured,
          formatter: (roof.name + (measured ? "" : ", " + roof.origin)).replace(/[{}]/g, ""),
          position: position(roof),
          textBorderColor: theme.paper,
          textBorderWidth: 3,
          fontSize: 11,
          color: measured ? theme.ink : theme.muted,
        },
      },
      { coord: roof.to },
    ];
  });

  const phase = (name, symbol, colour) => ({
    name,
    type: "scatter",
    symbol,
    symbolSize: 10,
    z: 3,
    itemStyle: { color: colour },
    data: data.points.filter((point) => point.phase === name).map((point) => ({
      name: point.name,
      value: [point.x, point.y],
      href: point.href,
      text: point.phase + " · " + point.text,
      itemStyle: { color: point.aside ? theme.paper : colour, borderColor: point.aside === "disturbed" ? theme.bad : colour, borderWidth: 1.5 },
    })),
  });

  return {
    grid: { left: 36, right: 24, top: 38, bottom: 34, containLabel: true },
    legend: { top: 0, left: 0, itemWidth: 12, itemHeight: 10, textStyle: { color: theme.muted }, data: ["prefill", "decode"] },
    xAxis: axis("Arithmetic intensity, FLOP/B", xs, {
      min: left,
      max: right,
      nameGap: 30,
      axisLabel: { color: theme.muted, showMinLabel: false, showMaxLabel: false },
    }),
    yAxis: axis("FLOP/s", ys, { nameGap: 52, axisLabel: { color: theme.muted, formatter: flops } }),
    series: [
      phase("prefill", "circle", theme.accent),
      phase("decode", "triangle", theme.warn),
      {
        type: "scatter",
        data: [],
        markLine: { data: roofs, symbol: ["none", "none"], silent: true, animation: false },
      },
    ],
  };
};
