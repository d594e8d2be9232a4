/** The attributes of the case on screen: what is lacking, and the key that goes there. */
import { useCallback, useEffect, useMemo, useRef } from 'react';
import type { LabelSchema } from '../../api/projects';
import type { Command } from '../../commands/registry';
import type { Series } from '../../viewer/frames';
import { t } from '../../words/t';
import { groupsOf, isSeen, nextAsking, titleOf, workOf } from './asking';
import { type Lack, lacksOf, type Work } from './attributes';
import { marksOf } from './items';
import { asksOf } from './outcome';
import { type Asking, useReading } from './store';
import { gazeNow, onLookedElsewhere } from './useGroups';

/** An image of the study; without one, a whole series. */
export interface Place {
  readonly seriesUid?: string;
  readonly sop_instance_uid?: string;
  readonly frame_number?: number;
}

export interface AskingOf {
  /** What the rules for attributes see of the read; nothing where none are asked. */
  readonly work: Work;
  readonly lacks: readonly Lack[];
  /** What the first lack is about, in words; null when nothing is lacking. */
  readonly lackText: string | null;
  readonly commands: readonly Command[];
  /** Goes to what blocks submitting, else to what is open on screen. */
  next(): void;
}

export function useAsking(
  schema: LabelSchema,
  series: readonly Series[],
  show: (place: Place) => void,
): AskingOf {
  const items = useReading((state) => state.items);
  const attributes = useMemo(() => asksOf(schema), [schema]);
  const work = useMemo(
    () => (attributes.length > 0 ? workOf(items, { series }) : NO_WORK),
    [attributes, items, series],
  );
  const lacks = useMemo(() => lacksOf(attributes, work), [attributes, work]);
  // Who scrolls on or selects another mark has left the question: the digits are the case's again.
  useEffect(
    () =>
      onLookedElsewhere(series, (gaze) => {
        const { asking, ask } = useReading.getState();
        if (asking && !isSeen(asking, gaze, work)) ask(null);
      }),
    [series, work],
  );
  const now = useRef({ lacks, work });
  now.current = { lacks, work };
  const next = useCallback(() => {
    const { lacks, work } = now.current;
    const { items, asking, ask } = useReading.getState();
    const gaze = gazeNow(series);
    const to = nextAsking(lacks, groupsOf(items, schema, work, gaze, asking), asking);
    if (!to) return;
    if (!isSeen(to, gaze, work)) goTo(to, show);
    ask(to);
  }, [schema, series, show]);
  const commands = useMemo<Command[]>(
    () => [
      {
        id: 'attribute.next',
        title: t('Next open question'),
        section: t('Attributes'),
        shortcut: '/',
        isEnabled: () => !useReading.getState().isReadOnly,
        run: next,
      },
    ],
    [next],
  );
  return useMemo(
    () => ({
      work,
      lacks,
      lackText: textOf(lacks, schema, work),
      commands: attributes.length > 0 ? commands : [],
      next,
    }),
    [lacks, attributes, schema, work, commands, next],
  );
}

export const NO_WORK: Work = {
  class_keys: [],
  series: [],
  images: [],
  regions: [],
  valuesOf: () => ({}),
};

function textOf(lacks: readonly Lack[], schema: LabelSchema, work: Work): string | null {
  const [first, ...others] = lacks;
  if (!first) return null;
  const name = asksOf(schema).find(({ key }) => key === first.attribute)?.name;
  const where = titleOf(first, useReading.getState().items, schema, work);
  const what =
    others.length > 0
      ? t('{name} ({where}), and {count} more', { name: name ?? '', where, count: others.length })
      : `${name} (${where})`;
  return first.why === 'missing'
    ? t('{what} to be answered', { what })
    : t('{what} out of range', { what });
}

function goTo({ scope, target }: Asking, show: (place: Place) => void): void {
  const { items, select } = useReading.getState();
  if (scope === 'series') show({ seriesUid: target });
  if (scope === 'image') show({ sop_instance_uid: target });
  const mark = marksOf(items).find(({ id }) => id === target);
  if (scope !== 'region' || !mark) return;
  select(mark.id);
  show(mark);
}
