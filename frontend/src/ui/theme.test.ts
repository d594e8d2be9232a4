import { describe, expect, test } from 'vitest';
import { LIGHT_TOKENS, TOKENS } from './theme';

/** WCAG 2.2 relative luminance of a `#rrggbb` colour. */
function luminance(colour: string): number {
  const channels = [1, 3, 5].map(
    (start) => Number.parseInt(colour.slice(start, start + 2), 16) / 255,
  );
  const [red = 0, green = 0, blue = 0] = channels.map((value) =>
    value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4,
  );
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [high = 0, low = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
}

test('words on the accent can be read', () => {
  expect(contrast(TOKENS.app, TOKENS.accent)).toBeGreaterThanOrEqual(4.5);
  expect(contrast(LIGHT_TOKENS.panel, LIGHT_TOKENS.accent)).toBeGreaterThanOrEqual(4.5);
});

describe('every word can be read on every background it stands on', () => {
  const inks = ['text', 'muted', 'accent', 'good', 'warn', 'bad'] as const;
  const grounds = ['app', 'panel', 'raised'] as const;
  for (const [scheme, tokens] of [
    ['dark', TOKENS],
    ['light', LIGHT_TOKENS],
  ] as const) {
    for (const ink of inks) {
      for (const ground of grounds) {
        test(`${scheme}: ${ink} on ${ground}`, () => {
          expect(contrast(tokens[ink], tokens[ground])).toBeGreaterThanOrEqual(4.5);
        });
      }
    }
  }
});
