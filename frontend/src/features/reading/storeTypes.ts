/** What the store of a case on screen holds and can do. */
import type { LabelKind } from '../../api/projects';
import type { AttributeValue, OutcomeContent } from '../../api/reading';
import type { Frame } from '../../viewer/frames';
import type { InSpace, Mark } from '../../viewer/marks';
import type { PaintSettings } from '../../viewer/segments';
import type { ViewportTool } from '../../viewer/Viewport';
import type { Target } from './attributes';
import type { HeatMethod } from './heatMethods';
import type { Items, Segment } from './items';
import type { Log } from './log';

export interface Editing {
  readonly items: Items;
  readonly log: Log;
  readonly isReadOnly: boolean;
  readonly tool: ViewportTool;
  /** Label of the next mark or stroke, by kind of label. */
  readonly labelFor: Readonly<Partial<Record<LabelKind, string>>>;
  readonly selectedId: string | null;
  readonly hiddenIds: ReadonlySet<string>;
  /** Segments made between slices that nobody has looked at yet. */
  readonly unseenIds: ReadonlySet<string>;
  /** The attribute the digits answer now. */
  readonly asking: Asking | null;
}

export interface Asking extends Target {
  readonly attribute: string;
}

/** How the room is arranged; kept from case to case. */
export interface Arrangement {
  readonly areMarksHeldHidden: boolean;
  /** How far segments are filled, 0 to 1. */
  readonly segmentFill: number;
  readonly paint: PaintSettings;
  /** Label of the segment that the active one is combined with; null: the first other one. */
  readonly otherSegment: string | null;
  /** How far segments grow and shrink: millimetres, or pixels where spacing is not known. */
  readonly margin: number;
  /** Width of the box they are smoothed in, in the same unit. */
  readonly smoothing: number;
  readonly isTextShown: boolean;
  readonly isAiOn: boolean;
  readonly isHeatShown: boolean;
  readonly heatMethod: HeatMethod;
  readonly areToolsShown: boolean;
  readonly isPanelShown: boolean;
  readonly isGuideShown: boolean;
  readonly areTagsShown: boolean;
}

export interface Actions {
  open(items: Items, isReadOnly: boolean): void;
  /** Replaces the work from outside (a conflict was settled); the log no longer applies. */
  replace(items: Items): void;
  arrange(change: Partial<Arrangement>): void;
  use(tool: ViewportTool, labelKey?: string): void;
  setPaint(change: Partial<PaintSettings>): void;
  select(id: string | null): void;
  toggleHidden(id: string): void;
  chooseClass(labelKey: string, mode: 'single' | 'multi', newId: () => string): void;
  accept(labelKey: string, suggestionId: string, newId: () => string): void;
  /** Rejects a suggestion, or takes that back. */
  toggleRejected(suggestionId: string, newId: () => string): void;
  /** "None of these", said outright. */
  answerNothing(newId: () => string): void;
  /**
   * Answers one attribute of a target, or takes the answer back (undefined). What is typed in one
   * go is one step.
   */
  answerAttribute(
    at: Asking,
    value: AttributeValue | undefined,
    how: { newId: () => string; isTyped?: boolean; suggestionId?: string },
  ): void;
  setOutcome(change: Partial<OutcomeContent>, newId: () => string): void;
  ask(asking: Asking | null): void;
  draw(mark: Mark): void;
  /** Of a mark in space the places say where it is, and the points nothing. */
  edit(id: string, points: Mark['points'], places?: InSpace['places']): void;
  relabel(id: string, labelKey: string): void;
  /** Segments on one or many frames as a brush left them; one step of the log. */
  paintSegments(segments: readonly Segment[], title: string): void;
  /** Segments and marks of a suggestion become the reader's own; one step of the log. */
  takeOver(drawn: readonly (Segment | Mark)[]): void;
  /** The same for segments nobody drew: they are to be looked at. */
  fillSegments(segments: readonly Segment[], title: string): void;
  /** A frame came on screen: what was made on it has been looked at. */
  see(frame: Frame): void;
  remove(id: string): void;
  undo(): void;
  redo(): void;
}

export type ReadingStore = Editing & Arrangement & Actions;
