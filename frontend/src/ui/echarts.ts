/** The parts of the chart library that are used, loaded only where a plot is shown. */
import {
  BarChart,
  BoxplotChart,
  CustomChart,
  HeatmapChart,
  LineChart,
  ScatterChart,
} from 'echarts/charts';
import {
  AriaComponent,
  GridComponent,
  LegendComponent,
  MarkLineComponent,
  TooltipComponent,
  VisualMapComponent,
} from 'echarts/components';
import { type EChartsCoreOption, init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';

use([
  AriaComponent,
  BarChart,
  BoxplotChart,
  CustomChart,
  GridComponent,
  HeatmapChart,
  LegendComponent,
  LineChart,
  MarkLineComponent,
  ScatterChart,
  SVGRenderer,
  TooltipComponent,
  VisualMapComponent,
]);

export interface Drawn {
  redraw: (option: EChartsCoreOption) => void;
  resize: () => void;
  /** The plot as an SVG document. */
  svg: () => string;
  dispose: () => void;
}

export function draw(element: HTMLElement, option: EChartsCoreOption): Drawn {
  const chart = init(element, null, { renderer: 'svg' });
  chart.setOption(option);
  return {
    redraw: (next) => chart.setOption(next, true),
    resize: () => chart.resize(),
    svg: () => chart.renderToSVGString(),
    dispose: () => chart.dispose(),
  };
}
