// Which link comes next when one goes up or down.

export function beside(all, link, key) {
  const sign = { ArrowDown: 1, ArrowUp: -1 }[key];
  if (!sign) return undefined;
  const centre = (element) => {
    const { x, y, width, height } = element.getBoundingClientRect();
    return { x: x + width / 2, y: y + height / 2 };
  };
  const from = centre(link);
  const far = ({ x, y }) => Math.abs(y - from.y) * 4 + Math.abs(x - from.x);
  const there = all.map((element) => [element, centre(element)]).filter(([, { y }]) => sign * (y - from.y) > 20);
  return there.sort((a, b) => far(a[1]) - far(b[1]))[0]?.[0];
}
