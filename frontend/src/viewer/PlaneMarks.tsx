/** Marks on a plane through a series: drawn, measured and moved in millimetres of the patient. */
import { useMemo } from 'react';
import { type ImagePlane, imageToPatient, normalOf } from '../geometry/plane';
import type { ImagePoint } from '../geometry/units';
import { Crossings } from './Crossings';
import type { Outcome } from './drawing';
import type { Frame } from './frames';
import { indexAt } from './linking';
import { MarksLayer } from './MarksLayer';
import type { Mark, MarkStyle } from './marks';
import { planeSnap } from './planeSnap';
import { cutOf } from './planeView';
import { type MarkKind, SQUARE } from './shapes';
import { affineOn, crossingsOf, drawingPlane, FIELD, marksOn } from './spaceMarks';
import { stepAlong } from './volume';
import type { PlaneView, Slab } from './volumeEngine';

interface PlaneMarksProps {
  readonly frames: readonly Frame[];
  readonly view: PlaneView;
  readonly marks: readonly Mark[];
  readonly areMarksShown: boolean;
  readonly kind: MarkKind | null;
  readonly isSnapping: boolean;
  readonly slab: Slab;
  readonly styleOf: (labelKey: string) => MarkStyle;
  readonly activeStyle: MarkStyle;
  readonly selectedId: string | null;
  readonly isReadOnly: boolean;
  readonly onOutcome: (outcome: Outcome, frame: Frame, cut: ImagePlane) => void;
}

export function PlaneMarks(props: PlaneMarksProps) {
  const { frames, view, marks, areMarksShown, onOutcome } = props;
  const first = frames[0] as Frame;
  const plane = drawingPlane(view.plane, first.plane.origin);
  const affine = affineOn(view.affine, view.plane, plane);
  const seen = {
    plane,
    frame_of_reference_uid: first.frame_of_reference_uid,
    within_mm: stepAlong(frames, normalOf(plane)) / 2,
  };
  const isThin = props.slab.thickness_mm === 0;
  const shown = useMemo(() => (areMarksShown ? marks : NO_MARKS), [areMarksShown, marks]);
  // The plane moved: what was half drawn on it has ended, as on another slice.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the cut is the reason
  const field = useMemo(() => ({ ...FIELD }), [cutOf(view)]);
  /** The slice nearest to where it begins stands for the series it was drawn on. */
  const frameOf = (outcome: Outcome): Frame => {
    const start: ImagePoint | undefined =
      outcome.type === 'selected' ? undefined : outcome.points[0];
    return frames[start ? indexAt(frames, imageToPatient(plane, start)) : 0] ?? first;
  };
  return (
    <>
      <MarksLayer
        affine={affine}
        size={field}
        grid={SQUARE}
        spacing={SQUARE}
        unit=""
        statisticsOf={() => null}
        marks={marksOn(shown, seen)}
        styleOf={props.styleOf}
        tool={props.kind}
        snapsTo={props.isSnapping && isThin ? () => planeSnap(frames, plane) : null}
        activeStyle={props.activeStyle}
        selectedId={props.selectedId}
        isReadOnly={props.isReadOnly}
        onOutcome={(outcome) => onOutcome(outcome, frameOf(outcome), plane)}
      />
      <Crossings affine={affine} crossings={crossingsOf(shown, seen)} styleOf={props.styleOf} />
    </>
  );
}

const NO_MARKS: readonly Mark[] = [];
