export type Point = { readonly x: number; readonly y: number };

/**
 * How much y grows with x, by least squares. Points come in groups with a level of their own each: what a restart
 * sets back is no growth, and no loss.
 */
export function slope(groups: readonly (readonly Point[])[]): number {
  let together = 0;
  let spread = 0;
  for (const points of groups) {
    const x = mean(points.map((point) => point.x));
    const y = mean(points.map((point) => point.y));
    for (const point of points) {
      together += (point.x - x) * (point.y - y);
      spread += (point.x - x) ** 2;
    }
  }
  return together / spread;
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
