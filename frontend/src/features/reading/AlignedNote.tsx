/** How the slices of an earlier study go with those of the case, and how sure that is. */
import type { Series } from '../../viewer/frames';
import { t } from '../../words/t';
import { type Alignment, alignmentOf, useAlignments } from './alignment';
import { useLayout } from './layout';

interface AlignedNoteProps {
  readonly series: Series;
  /** Those on screen. */
  readonly stacks: readonly (Series | undefined)[];
}

export function AlignedNote({ series, stacks }: AlignedNoteProps) {
  const isLinked = useLayout((layout) => layout.links.scroll);
  const { known } = useAlignments();
  const own = series.frames[0]?.study_uid;
  const found = stacks
    .filter((stack) => stack?.frames[0]?.study_uid !== own)
    .map((stack) => stack && alignmentOf({ known }, series.frames, stack.frames))
    .find((alignment) => alignment !== undefined);
  return isLinked && found ? ` · ${alignedText(found)}` : null;
}

export function alignedText(alignment: Alignment): string {
  if (alignment.by === 'hand') return t('linked by hand');
  if (alignment.by === 'nothing') return t('linked as hung, content does not tell');
  return t('aligned by content, ± {error} mm', { error: Math.ceil(alignment.error_mm) });
}
