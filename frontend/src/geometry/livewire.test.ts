import { describe, expect, test } from 'vitest';
import { type GreyImage, greyImage } from './edges';
import { createWire, snapped } from './livewire';
import { distance, thinned } from './points';
import { type ImagePoint, imagePoint } from './units';

const SIZE = { columns: 120, rows: 100 };

/** A bright disc of radius 30 about (60, 50), with noise that is the same every time. */
function disc(noise: number): GreyImage {
  let state = 11;
  const next = () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return state / 2147483648 - 0.5;
  };
  const values = Float32Array.from({ length: 120 * 100 }, (_, at) => {
    const away = Math.hypot((at % 120) + 0.5 - 60, Math.floor(at / 120) + 0.5 - 50);
    return (away < 30 ? 200 : 100) + noise * next();
  });
  return greyImage(SIZE, values);
}

const onDisc = (turn: number): ImagePoint =>
  imagePoint(60 + 30 * Math.cos(turn), 50 + 30 * Math.sin(turn));

function pathBetween(image: GreyImage, from: ImagePoint, to: ImagePoint, cell = 1): ImagePoint[] {
  const wire = createWire(image, from, { cell, reach: 160 });
  while (!wire.advance(1000));
  return wire.pathTo(to) ?? [];
}

describe('a live wire', () => {
  test.each([0, 60])('follows a round edge instead of cutting across it (noise %d)', (noise) => {
    const path = pathBetween(disc(noise), onDisc(-2), onDisc(-0.5));
    expect(path.length).toBeGreaterThan(30);
    for (const [x, y] of path) expect(Math.abs(Math.hypot(x - 60, y - 50) - 30)).toBeLessThan(2.5);
    // Neither inside of the edge nor outside of it.
    const mean = path.reduce((sum, [x, y]) => sum + Math.hypot(x - 60, y - 50), 0) / path.length;
    expect(Math.abs(mean - 30)).toBeLessThan(0.3);
  });

  test('steps from pixel to neighbour, from the anchor to the place it is asked for', () => {
    const [from, to] = [imagePoint(20.5, 20.5), imagePoint(90.5, 70.5)];
    const path = [from, ...pathBetween(disc(30), from, to)];
    expect(path[path.length - 1]).toEqual(to);
    path.slice(1).forEach((point, index) => {
      // A square and its neighbour, each no farther than a square off the edge it stands for.
      expect(distance(point, path[index] as ImagePoint)).toBeLessThanOrEqual(3 * Math.SQRT2);
    });
  });

  test('goes straight where there is nothing to follow', () => {
    const flat = greyImage(SIZE, new Float32Array(120 * 100));
    const path = pathBetween(flat, imagePoint(10.5, 50.5), imagePoint(100.5, 50.5));
    for (const [, y] of path) expect(y).toBe(50.5);
  });

  test('is the cheapest of all paths: going on from a place between costs nothing more', () => {
    const image = disc(40);
    const [from, to] = [onDisc(-2), onDisc(-0.5)];
    const path = pathBetween(image, from, to);
    const middle = path[Math.floor(path.length / 2)] as ImagePoint;
    const first = pathBetween(image, from, middle);
    expect(path.slice(0, first.length)).toEqual(first);
  });

  test('knows no path beyond its reach, and none before the search has come so far', () => {
    const image = disc(0);
    const wire = createWire(image, imagePoint(60, 50), { cell: 1, reach: 20 });
    expect(wire.pathTo(imagePoint(75, 50))).toBeNull();
    while (!wire.advance(100));
    expect(wire.pathTo(imagePoint(75, 50))).not.toBeNull();
    expect(wire.pathTo(imagePoint(85, 50))).toBeNull();
  });

  test('steps over squares of several pixels where the image is shown smaller', () => {
    const path = pathBetween(disc(20), onDisc(-2), onDisc(-0.5), 3);
    expect(path.length).toBeGreaterThan(8);
    for (const [x, y] of path) expect(Math.abs(Math.hypot(x - 60, y - 50) - 30)).toBeLessThan(5);
  });
});

test('a click near an edge is taken onto it, one far from any stays', () => {
  const [x, y] = snapped(disc(0), imagePoint(87.6, 50.2), 1);
  expect(Math.abs(Math.hypot(x - 60, y - 50) - 30)).toBeLessThan(1);
  const far = imagePoint(10.2, 10.7);
  expect(snapped(disc(0), far, 1)).toEqual(far);
});

test('a thinned path has no more nodes than a hand can use and stays near the full one', () => {
  const path = Array.from({ length: 400 }, (_, at) =>
    imagePoint(at, 10 * Math.sin(at / 3) + (at % 2)),
  );
  const nodes = thinned(path, 0.5, 80);
  expect(nodes.length).toBeLessThanOrEqual(80);
  expect([nodes[0], nodes[nodes.length - 1]]).toEqual([path[0], path[399]]);
});
