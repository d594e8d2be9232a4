import { describe, expect, test } from 'vitest';
import { canvasPoint } from '../geometry/units';
import { actionsOf, DEFAULT_MOUSE } from '../ui/mouseMap';
import { motionsBetween } from './touch';

const actions = actionsOf(DEFAULT_MOUSE);
const hand = (...places: readonly (readonly [number, number])[]) =>
  new Map(places.map(([x, y], id) => [id, canvasPoint(x, y)]));

describe('fingers on the image', () => {
  test('one scrolls, pans or windows as its owner chose', () => {
    const [from, to] = [hand([10, 10]), hand([14, 40])];
    expect(motionsBetween(from, to, actions)).toEqual([{ type: 'scroll', by: 30 }]);
    const panning = actionsOf({ preset: 'collimate', own: { finger: 'pan' } });
    expect(motionsBetween(from, to, panning)).toEqual([{ type: 'pan', by: [4, 30] }]);
    const nothing = actionsOf({ preset: 'collimate', own: { finger: 'none' } });
    expect(motionsBetween(from, to, nothing)).toEqual([]);
  });

  test('two pan with their middle and zoom around it by how far they spread', () => {
    expect(motionsBetween(hand([100, 0], [200, 0]), hand([60, 10], [260, 10]), actions)).toEqual([
      { type: 'pan', by: [10, 10] },
      { type: 'zoom', factor: 2, around: [160, 10] },
    ]);
  });

  test('two that touch do not explode the image', () => {
    const motions = motionsBetween(hand([100, 0], [101, 0]), hand([90, 0], [111, 0]), actions);
    expect(motions).toContainEqual({ type: 'zoom', factor: 1, around: [100.5, 0] });
  });

  test('three change the window; a finger more or fewer begins anew', () => {
    const three = hand([0, 0], [10, 0], [20, 0]);
    expect(motionsBetween(three, hand([6, 3], [16, 3], [26, 3]), actions)).toEqual([
      { type: 'window', by: [6, 3] },
    ]);
    expect(motionsBetween(hand([0, 0]), three, actions)).toEqual([]);
  });
});
