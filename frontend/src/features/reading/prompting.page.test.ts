import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Problem } from '../../api/problem';
import { imagePoint } from '../../geometry/units';
import type { Frame } from '../../viewer/frames';
import { isWhole, movedTo, type Pointed } from '../../viewer/prompts';
import type { PromptsHeard } from './calls';
import * as calls from './calls';
import { saveFor } from './draft';
import { segmentsOf } from './items';
import {
  AWAY,
  accept,
  askAgain,
  leavesPromptsOpen,
  OTHER_SERIES,
  point,
  promptOn,
  reject,
  setThroughFrames,
  takeBack,
  UNDECIDED,
  usePrompting,
} from './prompting';
import { withRuns } from './segmentEdits';
import { useReading } from './store';

const frame = (number: number, series = '1.2'): Frame =>
  ({
    series_uid: series,
    sop_instance_uid: `${series}.${number}`,
    frame_number: 1,
    size: { columns: 8, rows: 8 },
  }) as unknown as Frame;

const here: Pointed = { kind: 'point', is_positive: true, points: [imagePoint(3, 3)] };

/** A server that answers every state at once, with the same mask on two slices. */
const server = { asked: [] as number[], prompts: 0, isAway: false, problem: '', note: '' };

function heard(answered: number, since: number): PromptsHeard {
  const frames = [1, 2].map((number) => ({
    sop_instance_uid: `1.2.${number}`,
    frame_number: 1,
    runs: server.prompts > 0 ? [10 * number, 4] : [],
  }));
  return {
    id: 'p',
    asked: answered,
    answered: server.isAway ? 0 : answered,
    progress: 1,
    is_away: server.isAway,
    problem: server.problem,
    note: server.note,
    segmenter: 'seeded',
    segmenter_version: '1',
    frames: since < answered && !server.isAway ? frames : [],
  };
}

beforeEach(() => {
  vi.useFakeTimers();
  Object.assign(server, { asked: [], prompts: 0, isAway: false, problem: '', note: '' });
  vi.spyOn(calls, 'putPrompts').mockImplementation(async (_read, _id, body) => {
    server.asked.push(body.asked);
    server.prompts = body.prompts.length;
    return heard(body.asked, body.asked);
  });
  vi.spyOn(calls, 'hearPrompts').mockImplementation(async (_read, _id, since) =>
    heard(server.asked.at(-1) ?? 0, since),
  );
  vi.spyOn(calls, 'closePrompts').mockResolvedValue(undefined);
  useReading.getState().open({}, false);
  promptOn({ readId: 'r', fence: 3 });
});
afterEach(() => {
  promptOn(null);
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const settled = () => vi.advanceTimersByTimeAsync(4000);

test('a prompt is said, its mask heard, and accepting it is one step that names its prompts', async () => {
  point(here, frame(1));
  await settled();
  const { id, preview } = usePrompting.getState();
  expect(preview.map(({ runs }) => runs)).toEqual([
    [10, 4],
    [20, 4],
  ]);
  useReading.getState().paintSegments([withRuns({}, 'liver', frame(1), [11, 9])], 'brush');
  accept('liver', [frame(1), frame(2), frame(3)]);
  const { items, log } = useReading.getState();
  expect(segmentsOf(items).map(({ runs }) => runs)).toEqual([
    [10, 10],
    [20, 4],
  ]);
  expect(log.done).toHaveLength(2);
  const [first] = segmentsOf(items);
  const draft = { items, known: {}, pending: {}, submit: null };
  expect(saveFor(draft, first?.id ?? '', { fence: 1, active_ms: 0 }).prompt_session_id).toBe(id);
  expect(withRuns(items, 'liver', frame(1), [1, 1])).not.toHaveProperty('prompt_session_id');
  expect(calls.closePrompts).toHaveBeenCalledWith('r', id);
  expect(usePrompting.getState().prompts).toEqual([]);
  useReading.getState().undo();
  expect(segmentsOf(useReading.getState().items).map(({ runs }) => runs)).toEqual([[11, 9], []]);
});

test('taking prompts back says fewer of them, and the last one ends it all', async () => {
  point(here, frame(1));
  point({ ...here, is_positive: false }, frame(2));
  setThroughFrames(false);
  await settled();
  takeBack();
  await settled();
  expect(usePrompting.getState().prompts).toHaveLength(1);
  expect(server.asked.at(-1)).toBe(4);
  takeBack();
  expect(usePrompting.getState()).toMatchObject({ prompts: [], preview: [], id: '' });
  setThroughFrames(true);
});

test('a segmenter that is away, a refusal and a lost line are told, and prompts are kept', async () => {
  server.isAway = true;
  point(here, frame(1));
  await settled();
  expect(usePrompting.getState().trouble).toBe(AWAY);
  server.isAway = false;
  server.note = 'answered without a model';
  await settled();
  expect(usePrompting.getState()).toMatchObject({ trouble: '', answered: 1, note: server.note });

  vi.mocked(calls.putPrompts).mockRejectedValueOnce(new Problem(0, 'unreachable', 'No line', ''));
  askAgain();
  await vi.advanceTimersByTimeAsync(10);
  expect(usePrompting.getState().trouble).toMatch(/^No line.*kept/);
  await settled();
  expect(usePrompting.getState()).toMatchObject({ trouble: '', answered: 2 });

  vi.mocked(calls.putPrompts).mockRejectedValueOnce(new Problem(409, 'lease-lost', 'Lost', ''));
  askAgain();
  await settled();
  expect(usePrompting.getState()).toMatchObject({ trouble: 'Lost', prompts: [here] });
  point(here, frame(1, '9'));
  expect(usePrompting.getState().trouble).toBe(OTHER_SERIES);
  expect(leavesPromptsOpen()).toBe(true);
  expect(usePrompting.getState().trouble).toBe(UNDECIDED);
  expect(useReading.getState().tool).toBe('promptPoint');
  reject();
  expect(leavesPromptsOpen()).toBe(false);
});

test('lines get a point for every step, boxes two corners, and what says nothing is not sent', () => {
  const at = (x: number, y: number) => imagePoint(x, y);
  const from = (kind: Pointed['kind']): Pointed => ({
    kind,
    is_positive: true,
    points: [at(1, 1)],
  });
  const line = [at(1.2, 1), at(3, 1), at(3, 4)].reduce(movedTo, from('scribble'));
  expect(line.points).toEqual([at(1, 1), at(3, 1), at(3, 4)]);
  expect([at(3, 1), at(5, 4)].reduce(movedTo, from('box')).points).toEqual([at(1, 1), at(5, 4)]);
  expect(movedTo(from('point'), at(2, 2)).points).toEqual([at(2, 2)]);
  expect(isWhole(movedTo(from('box'), at(1.5, 9)))).toBe(false);
  expect(isWhole(movedTo(from('lasso'), at(5, 5)))).toBe(false);
  expect(isWhole(from('scribble'))).toBe(true);
});
