/** How values become colour and opacity when a volume is looked at as a whole. */
import { t } from '../words/t';
import type { GreyWindow } from './frameFacts';
import type { Frame } from './frames';

/** Value, then red, green, blue and opacity of 1.5 mm, 0 to 1. */
export type LookPoint = readonly [value: number, r: number, g: number, b: number, opacity: number];

export interface Look {
  readonly id: string;
  readonly title: string;
  /** The brightest value along each line of sight instead of what lies in front. */
  readonly isProjection: boolean;
  readonly points: readonly LookPoint[];
}

const CT_LOOKS: readonly Look[] = [
  {
    id: 'bone',
    title: t('Bone'),
    isProjection: false,
    points: [
      [130, 0.55, 0.32, 0.22, 0],
      [220, 0.75, 0.55, 0.4, 0.12],
      [400, 0.92, 0.84, 0.7, 0.6],
      [1200, 1, 0.98, 0.93, 0.9],
    ],
  },
  {
    id: 'soft',
    title: t('Soft tissue'),
    isProjection: false,
    points: [
      [-350, 0.8, 0.55, 0.42, 0],
      [-120, 0.85, 0.62, 0.48, 0.12],
      [20, 0.8, 0.4, 0.34, 0.35],
      [120, 0.86, 0.45, 0.38, 0.6],
      [350, 0.95, 0.9, 0.8, 0.9],
    ],
  },
  {
    id: 'lung',
    title: t('Lung'),
    isProjection: false,
    points: [
      [-960, 0.2, 0.3, 0.45, 0],
      [-880, 0.3, 0.45, 0.65, 0.015],
      [-700, 0.5, 0.65, 0.8, 0.03],
      [-450, 0.75, 0.6, 0.55, 0.08],
      [-250, 0.85, 0.45, 0.4, 0.25],
      [0, 0.85, 0.45, 0.4, 0.02],
      [200, 0.9, 0.85, 0.75, 0.02],
      [500, 0.95, 0.9, 0.8, 0.15],
    ],
  },
];

/** A share of the way from the dark to the bright end of a window. */
const within = ({ center, width }: GreyWindow, share: number): number =>
  center + (share - 0.5) * width;

/** Without a unit only the brightness of this image can say what is tissue. */
const relative = (window: GreyWindow): Look => ({
  id: 'tissue',
  title: t('Tissue'),
  isProjection: false,
  points: [
    [within(window, 0.1), 0.1, 0.05, 0.04, 0],
    [within(window, 0.3), 0.5, 0.3, 0.25, 0.08],
    [within(window, 0.6), 0.85, 0.68, 0.58, 0.25],
    [within(window, 1), 1, 0.95, 0.9, 0.7],
  ],
});

const projection = (window: GreyWindow): Look => ({
  id: 'mip',
  title: 'MIP',
  isProjection: true,
  points: [
    [within(window, 0), 0, 0, 0, 0],
    [within(window, 1), 1, 1, 1, 1],
  ],
});

/** The looks of a series, the first one first; `window` is one that shows it well. */
export const looksFor = ({ modality, valueUnit }: Frame, window: GreyWindow): readonly Look[] =>
  modality === 'CT' && valueUnit === 'HU'
    ? [...CT_LOOKS, projection(window)]
    : [relative(window), projection(window)];

/** What stands where nothing has come yet: seen through in every look of the series. */
export const emptyValue = (looks: readonly Look[]): number =>
  Math.min(...looks.map(({ points }) => points[0]?.[0] ?? 0)) - 1;
