/** How plots look: the tokens of the current colour scheme, thin axes, no decoration. */
import { TOKENS } from './theme';

export type PlotColours = typeof TOKENS | Record<keyof typeof TOKENS, string>;

/** The token colours as they apply to this element. */
export function plotColours(element: HTMLElement): PlotColours {
  const style = getComputedStyle(element);
  const names = Object.keys(TOKENS) as (keyof typeof TOKENS)[];
  return Object.fromEntries(
    names.map((name) => [name, style.getPropertyValue(`--c-${name}`).trim() || TOKENS[name]]),
  ) as Record<keyof typeof TOKENS, string>;
}

export function plotAxis(colours: PlotColours, name: string, more: Record<string, unknown> = {}) {
  return {
    type: 'value',
    name,
    nameLocation: 'middle',
    nameGap: 28,
    nameTextStyle: { color: colours.muted, fontSize: 12 },
    axisLine: { show: true, lineStyle: { color: colours.line } },
    axisTick: { show: false },
    axisLabel: { color: colours.muted, fontSize: 11 },
    splitLine: { lineStyle: { color: colours.line, opacity: 0.5 } },
    ...more,
  };
}

export function plotFrame(colours: PlotColours) {
  return {
    animation: false,
    textStyle: { fontFamily: 'Inter, system-ui, sans-serif' },
    grid: { left: 52, right: 16, top: 32, bottom: 44 },
    legend: {
      top: 0,
      right: 0,
      itemWidth: 14,
      itemHeight: 8,
      textStyle: { color: colours.muted, fontSize: 12 },
    },
    tooltip: {
      backgroundColor: colours.raised,
      borderColor: colours.line,
      textStyle: { color: colours.text, fontSize: 12 },
    },
  };
}
