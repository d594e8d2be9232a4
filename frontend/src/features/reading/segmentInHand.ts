/** The segment that is painted and edited now, and the one it is combined with. */
import type { Label, LabelSchema } from '../../api/projects';
import { activeLabel, labelsOf } from './caseCommands';
import { useReading } from './store';

/** The one last chosen, else the first. */
export const activeSegment = (schema: LabelSchema): Label | undefined =>
  activeLabel(schema, 'segment', useReading.getState().labelFor);

/** Segments that the active one can be combined with. */
export function otherSegments(schema: LabelSchema): Label[] {
  const active = activeSegment(schema)?.key;
  return labelsOf(schema, 'segment').filter(({ key }) => key !== active);
}

/** The one last chosen to combine with, else the first. */
export function otherSegment(schema: LabelSchema): Label | undefined {
  const others = otherSegments(schema);
  return others.find(({ key }) => key === useReading.getState().otherSegment) ?? others[0];
}
