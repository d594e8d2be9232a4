/** Prompts of the structure at hand: said to the server as a whole, heard back as a mask. */
import { useMemo } from 'react';
import { create } from 'zustand';
import { asProblem } from '../../api/problem';
import { combine, maskFrom, runsOf } from '../../geometry/mask';
import { belongsTo, type Frame } from '../../viewer/frames';
import type { Pointed, PreviewOnFrame, Prompt } from '../../viewer/prompts';
import type { PromptsOfCase } from '../../viewer/promptsOn';
import { t, told } from '../../words/t';
import { closePrompts, hearPrompts, type PromptsHeard, putPrompts } from './calls';
import { type Items, type Segment, segmentsOf } from './items';
import { withRuns } from './segmentEdits';
import { useReading } from './store';

/** Where the prompts go: the case in hand. */
export interface Bench {
  readonly readId: string;
  readonly fence: number;
}

export interface Prompting {
  readonly bench: Bench | null;
  readonly id: string;
  readonly seriesUid: string;
  readonly prompts: readonly Prompt[];
  readonly throughFrames: boolean;
  readonly asked: number;
  readonly answered: number;
  readonly preview: readonly PreviewOnFrame[];
  readonly progress: number;
  /** What is wrong, and what to do; empty while all is well. */
  readonly trouble: string;
  readonly segmenter: string;
  /** Why the given segmenter did not answer; empty where it did, or none was given. */
  readonly note: string;
}

const FRESH = { id: '', asked: 0, answered: 0, preview: [] as readonly PreviewOnFrame[] };

const NOTHING = {
  ...FRESH,
  seriesUid: '',
  prompts: [] as readonly Prompt[],
  progress: 0,
  trouble: '',
  segmenter: '',
  note: '',
};

export const usePrompting = create<Prompting>()(() => ({
  ...NOTHING,
  bench: null,
  throughFrames: true,
}));

export const AWAY = t(
  'The segmenter does not answer. Your prompts are kept and are answered once it is back; the brush works meanwhile.',
);
export const UNDECIDED = t('This mask is not part of the read yet: accept or reject it first.');
export const OTHER_SERIES = t('Accept or reject the mask in the other series first.');
const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 1000;

const { getState: now, setState: set } = usePrompting;

export const isWaiting = ({ asked, answered }: Prompting): boolean => asked > answered;

/** Begins anew with another case, or with none. */
export function promptOn(bench: Bench | null): void {
  reject();
  set({ ...NOTHING, bench });
}

/** Adds a prompt. */
export function point(pointed: Pointed, frame: Frame): void {
  const { prompts, seriesUid, bench } = now();
  if (!bench) return;
  if (prompts.length > 0 && seriesUid !== frame.series_uid) {
    set({ trouble: OTHER_SERIES });
    return;
  }
  const { sop_instance_uid, frame_number, series_uid } = frame;
  const prompt = { ...pointed, sop_instance_uid, frame_number };
  say({ prompts: [...prompts, prompt], seriesUid: series_uid });
}

/** Takes the last prompt back; with the first one everything is gone. */
export function takeBack(): void {
  const { prompts } = now();
  if (prompts.length < 2) reject();
  else say({ prompts: prompts.slice(0, -1) });
}

/** Through the slices, or on the one at hand. */
export function setThroughFrames(throughFrames: boolean): void {
  if (now().prompts.length > 0) say({ throughFrames });
  else set({ throughFrames });
}

/** Whether a mask waits to be accepted or rejected; then it is said, and nothing else happens. */
export function leavesPromptsOpen(): boolean {
  if (now().prompts.length === 0) return false;
  set({ trouble: UNDECIDED });
  useReading.getState().use('promptPoint');
  return true;
}

/** The same question once more. */
export function askAgain(): void {
  say({});
}

/** Gives up: nothing is left of the prompts, and no segment was changed. */
export function reject(): void {
  const { bench, id } = now();
  if (bench && id) void closePrompts(bench.readId, id).catch(() => undefined);
  set({ ...NOTHING });
}

/** The mask becomes the reader's own, in one step of the log. */
export function accept(labelKey: string, frames: readonly Frame[]): void {
  const { preview, id } = now();
  const { items, paint, paintSegments } = useReading.getState();
  const taken = frames.flatMap((frame) => {
    const found = preview.find((one) => belongsTo(frame, one));
    if (!found || found.runs.length === 0) return [];
    const runs = taking(items, labelKey, { frame, found, protects: paint.protectsOthers });
    return [{ ...withRuns(items, labelKey, frame, runs), prompt_session_id: id }];
  });
  paintSegments(taken satisfies Segment[], 'prompts');
  reject();
}

/** The mask with what the segment already has, without what other segments keep. */
function taking(
  items: Items,
  labelKey: string,
  { frame, found, protects }: { frame: Frame; found: PreviewOnFrame; protects: boolean },
): number[] {
  const here = segmentsOf(items).filter((one) => belongsTo(frame, one));
  const mask = here
    .filter((one) => protects && one.label_key !== labelKey)
    .reduce(
      (rest, { runs }) => combine(rest, maskFrom(runs, frame.size), 'minus'),
      maskFrom(found.runs, frame.size),
    );
  const own = here.find((one) => one.label_key === labelKey);
  return runsOf(own ? combine(mask, maskFrom(own.runs, frame.size), 'or') : mask);
}

function say(change: Partial<Pick<Prompting, 'prompts' | 'seriesUid' | 'throughFrames'>>): void {
  const { id, asked } = now();
  const next = { id: id || crypto.randomUUID(), asked: asked + 1, progress: 0, trouble: '' };
  set({ ...change, ...next });
  void converse(next.id, next.asked);
}

/** Asks and listens until this state is answered, or another one has taken its place. */
async function converse(id: string, asked: number): Promise<void> {
  const isMine = () => now().id === id && now().asked === asked;
  let wait = FIRST_WAIT_MS;
  let isSaid = false;
  while (isMine() && (now().answered < asked || !isSaid)) {
    const { bench } = now();
    if (!bench) return;
    try {
      const heard = isSaid
        ? await hearPrompts(bench.readId, id, now().answered)
        : await putPrompts(bench.readId, id, bodyOf(bench));
      // What the server says of the session counts; of frames it is asked once it took the prompts.
      if (isMine()) hear(heard, isSaid);
      isSaid = true;
      if (heard.problem) return;
    } catch (error) {
      const { status, title, detail } = asProblem(error);
      if (!isMine()) return;
      if (status >= 400 && status < 500) {
        // A session that is gone is begun anew by the next word.
        set({ trouble: detail || title, ...(status === 404 ? FRESH : {}) });
        return;
      }
      set({ trouble: t('{title}. Your prompts are kept here; asking again.', { title }) });
      wait = LONGEST_WAIT_MS;
    }
    await new Promise((resolve) => setTimeout(resolve, wait));
    wait = Math.min(LONGEST_WAIT_MS, wait * 1.25);
  }
}

function bodyOf({ fence }: Bench) {
  const { seriesUid, throughFrames, asked, prompts } = now();
  return {
    fence,
    asked,
    series_uid: seriesUid,
    through_frames: throughFrames,
    prompts: prompts.map(({ points, ...prompt }) => ({
      ...prompt,
      points: points.map(([x, y]) => [x, y]),
    })),
  };
}

/** What changed replaces what was known of those frames. */
function hear(heard: PromptsHeard, hasFrames: boolean): void {
  const { preview } = now();
  const isNew = (old: PreviewOnFrame) =>
    heard.frames.some(
      (one) =>
        one.sop_instance_uid === old.sop_instance_uid && one.frame_number === old.frame_number,
    );
  const kept = preview.filter((old) => !isNew(old));
  set({
    ...(hasFrames ? { answered: heard.answered } : {}),
    progress: heard.progress,
    trouble: told(heard.problem) || (heard.is_away ? AWAY : ''),
    segmenter: `${heard.segmenter} ${heard.segmenter_version}`.trim(),
    note: told(heard.note),
    preview:
      heard.frames.length > 0
        ? [...kept, ...heard.frames.filter(({ runs }) => runs.length > 0)]
        : preview,
  });
}

/** What viewports need of it; null where nothing can be prompted. */
export function usePromptsOfCase(): PromptsOfCase | null {
  const bench = usePrompting((state) => state.bench);
  const prompts = usePrompting((state) => state.prompts);
  const preview = usePrompting((state) => state.preview);
  return useMemo(
    () => (bench ? { prompts, preview, onPointed: point } : null),
    [bench, prompts, preview],
  );
}
