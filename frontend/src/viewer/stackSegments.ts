/** Segments of a whole stack: what each label has on which slice. */
import { type Patch, patchFrom } from '../geometry/cutThrough';
import type { Runs } from '../geometry/mask';
import type { ImageSize } from '../geometry/units';
import type { Frame } from './frames';
import type { SegmentOnFrame } from './segments';

const patches = new WeakMap<Runs, { readonly columns: number; readonly patch: Patch | null }>();

export function keptPatch(runs: Runs, size: ImageSize): Patch | null {
  const kept = patches.get(runs);
  if (kept?.columns === size.columns) return kept.patch;
  const patch = patchFrom(runs, size);
  patches.set(runs, { columns: size.columns, patch });
  return patch;
}

/** Runs of each label by slice; labels without any are left out. */
export function byLabel(frames: readonly Frame[], segments: readonly SegmentOnFrame[]) {
  const places = new Map(
    frames.map((frame, index) => [`${frame.sop_instance_uid} ${frame.frame_number}`, index]),
  );
  const labels = new Map<string, Map<number, Runs>>();
  for (const { label_key, sop_instance_uid, frame_number, runs } of segments) {
    const index = places.get(`${sop_instance_uid} ${frame_number}`);
    if (index === undefined || runs.length === 0) continue;
    const label = labels.get(label_key) ?? new Map<number, Runs>();
    labels.set(label_key, label.set(index, runs));
  }
  return labels;
}
