/** What drawing knows from one move of the hand to the next. */
import type { ImagePoint, ImageSize, PixelSpacing } from '../geometry/units';
import type { Hit, Mark } from './marks';
import type { MarkKind } from './shapes';
import type { WirePull } from './wirePull';

export type Drawing =
  | { readonly at: 'idle' }
  /** A mark of so many places: each clicked, or dragged out from the one before (`isHeld`). */
  | {
      readonly at: 'placing';
      readonly kind: MarkKind;
      readonly placed: readonly ImagePoint[];
      readonly cursor: ImagePoint;
      readonly isHeld: boolean;
    }
  /** A line of any length: clicked node by node, or traced with the button held (`isTracing`). */
  | {
      readonly at: 'outlining';
      readonly kind: MarkKind;
      readonly points: readonly ImagePoint[];
      readonly cursor: ImagePoint;
      readonly isHeld: boolean;
      readonly isTracing: boolean;
      /** Of a line that snaps to edges: its anchors among the points, and the way to the cursor. */
      readonly wire?: {
        readonly anchors: readonly number[];
        readonly trail: readonly ImagePoint[];
      };
    }
  | {
      readonly at: 'moving';
      readonly mark: Mark;
      readonly hit: Hit;
      readonly from: ImagePoint;
      readonly points: readonly ImagePoint[];
      readonly hasMoved: boolean;
    };

export type Hand =
  | {
      readonly type: 'press';
      readonly point: ImagePoint;
      readonly tool: MarkKind | null;
      readonly hit: Hit | null;
      /** Takes a node out instead of taking hold of it. */
      readonly isTakingOut?: boolean;
    }
  | { readonly type: 'move'; readonly point: ImagePoint }
  | { readonly type: 'release'; readonly point: ImagePoint }
  | { readonly type: 'finish' }
  | { readonly type: 'back' }
  | { readonly type: 'cancel' };

export type Outcome =
  | { readonly type: 'drawn'; readonly kind: MarkKind; readonly points: readonly ImagePoint[] }
  | { readonly type: 'edited'; readonly id: string; readonly points: readonly ImagePoint[] }
  | { readonly type: 'selected'; readonly id: string | null };

export interface Step {
  readonly drawing: Drawing;
  readonly outcome?: Outcome;
}

/** What the machine must know of the screen: the image and how far a steady hand still wanders. */
export interface Surroundings {
  readonly marks: readonly Mark[];
  readonly size: ImageSize;
  /** Shape of the pixels: what is square in the patient. */
  readonly grid?: PixelSpacing;
  /** Image pixels that make a drag out of a click. */
  readonly slop: number;
  /** Image pixels a traced outline may lose in accuracy when it is thinned out. */
  readonly traceTolerance: number;
  /** Leads lines along edges; absent draws them as the hand does. */
  readonly wire?: WirePull;
}

export const IDLE: Drawing = { at: 'idle' };
