"use strict";
/* Places the labels of points where they cover neither each other nor a point; drops the rest. */
assay.placeLabels = function (chart, points, bounds) {
  const height = 15;
  const taken = points.map((point) => {
    const [x, y] = chart.convertToPixel({ seriesIndex: bounds.series }, point.value);
    return { x: x - 6, y: y - 6, width: 12, height: 12, at: [x, y] };
  });
  const overlaps = (a, b) =>
    a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
  const rank = (point) => (point.label.important ? 0 : 1);
  const order = points.map((_, index) => index).sort((a, b) => rank(points[a]) - rank(points[b]) || a - b);
  for (const index of order) {
    const point = points[index], [x, y] = taken[index].at;
    const width = 7 * point.name.length + 6;
    const places = {
      right: { x: x + 9, y: y - height / 2 },
      left: { x: x - 9 - width, y: y - height / 2 },
      top: { x: x - width / 2, y: y - 9 - height },
      bottom: { x: x - width / 2, y: y + 9 },
    };
    const free = Object.keys(places).find((place) => {
      const box = Object.assign(places[place], { width, height });
      return box.x >= bounds.left && box.x + width <= bounds.right
        && taken.every((other, at) => at === index || !overlaps(box, other));
    });
    point.label.show = free !== undefined;
    if (free) {
      point.label.position = free;
      taken.push(Object.assign(places[free], { width, height }));
    }
  }
};
