import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { ReadingCase } from '../../api/reading';
import { hostCommands } from '../../commands/CommandHost';
import { commandFor } from '../../commands/keyboard';
import { DEFAULT_KEYMAP, useKeymap } from '../../commands/keymap';
import { PRESETS } from '../../commands/presets';
import { type Command, findConflicts, isEnabled } from '../../commands/registry';
import { uprightAt } from '../../geometry/planes';
import { imagePoint, patientPoint } from '../../geometry/units';
import type { Frame } from '../../viewer/frames';
import {
  activeLabel,
  type CaseActions,
  flowCommands,
  labelCommands,
  markCommands,
} from './caseCommands';
import { fusionCommands } from './fusion';
import { answerOf, marksOf, segmentsOf } from './items';
import { useLayout } from './layout';
import { layoutCommands } from './layoutCommands';
import { paintCommands } from './paintCommands';
import { phaseCommands } from './phases';
import { planeCommands } from './planeCommands';
import { usePlanes } from './planes';
import { promptCommands } from './promptCommands';
import { rejectCommand } from './rejectCommand';
import { isRejected } from './rejected';
import { label, schemaOf } from './schemaBench';
import { useReading } from './store';
import { takeOutcome } from './takeOutcome';
import { type Earlier, earlierCommands } from './useEarlier';
import { isAnswerMissing } from './useFlow';
import { lookHereCommands } from './useLookHere';
import { secondCommands } from './useSecondWindow';
import {
  navigationCommands,
  neighbouringWindow,
  screenCommands,
  stackCommands,
} from './viewCommands';
import { volumeCommands } from './volumes';

const schema = schemaOf(
  label('normal', 'class', '1'),
  label('viral', 'class', '2'),
  label('nodule', 'box', '3'),
  label('mass', 'box', '4'),
  label('effusion', 'polygon', '5'),
  label('diameter', 'length', '6'),
  label('liver', 'segment', '7'),
);

const reading = {
  suggestion: { id: 'p7', probabilities: { viral: 0.8 }, label_key: 'viral', model_number: 2 },
  unit_suggestions: [],
  label_schema: schema,
} as unknown as ReadingCase;

const submit = vi.fn();
const actions: CaseActions = {
  submit,
  openExclude: null,
  openIssue: () => undefined,
  openSkip: () => undefined,
  back: () => undefined,
  close: () => undefined,
  correct: null,
  isReadOnly: false,
};

const all = (): Command[] => [
  ...labelCommands(schema),
  ...flowCommands(reading, actions, { can: () => false, accept: vi.fn() }),
  rejectCommand(reading, []),
  ...markCommands(schema),
  ...navigationCommands(),
  ...stackCommands({
    frameCount: 20,
    seriesIndex: 0,
    seriesCount: 2,
    showSeries: () => undefined,
    windows: [{ name: 'Lung', window: { center: -600, width: 1500 } }],
  }),
  ...screenCommands(),
  ...layoutCommands(undefined),
  ...earlierCommands({ studies: [], studyUid: null } as unknown as Earlier),
  ...planeCommands(undefined),
  ...phaseCommands(undefined),
  ...volumeCommands(undefined),
  ...fusionCommands([], undefined),
  ...paintCommands(schema, []),
  ...promptCommands(schema),
  ...lookHereCommands([], []),
  ...secondCommands('/', '/'),
];

const frame = { sop_instance_uid: '1.2', frame_number: 3 } as Frame;

function type(...keys: string[]): void {
  for (const key of keys) {
    const press = { key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false };
    const command = commandFor(press, all());
    if (command && isEnabled(command)) void command.run();
  }
}

beforeEach(() => {
  submit.mockClear();
  useKeymap.getState().use(DEFAULT_KEYMAP);
  useReading.getState().open({}, false);
  useReading.getState().use('window');
  useReading.getState().arrange({ isAiOn: true, isHeatShown: false });
});

describe('keys of the reading room', () => {
  test('no two commands share a key, those of the frame included', () => {
    expect(findConflicts([...all(), ...hostCommands(() => undefined)])).toEqual([]);
  });

  test.each(PRESETS.map(({ id }) => id))('no two commands share a key in the set %s', (preset) => {
    useKeymap.getState().use({ preset, own: {} });
    expect(findConflicts([...all(), ...hostCommands(() => undefined)])).toEqual([]);
  });

  test('every key of a set belongs to a command that is there', () => {
    const ids = new Set(all().map(({ id }) => id));
    const strangers = PRESETS.flatMap(({ keys }) => Object.keys(keys)).filter((id) => !ids.has(id));
    expect(strangers).toEqual([]);
  });

  test('every command has a title, a section and an id of its own', () => {
    const commands = all();
    expect(new Set(commands.map(({ id }) => id)).size).toBe(commands.length);
    for (const { title, section } of commands) expect(title && section).toBeTruthy();
  });

  test('a case is answered and submitted with two keys', () => {
    type('2', 'Enter');
    expect(answerOf(useReading.getState().items)?.label_keys).toEqual(['viral']);
    expect(submit).toHaveBeenCalledTimes(1);
  });

  test('a digit takes up the tool and the label of a mark', () => {
    type('4');
    const { tool, labelFor } = useReading.getState();
    expect(tool).toBe('box');
    expect(activeLabel(schema, 'box', labelFor)?.key).toBe('mass');
    expect(activeLabel(schema, 'polygon', labelFor)?.key).toBe('effusion');
  });

  test('a digit relabels the selected mark of its kind and leaves others alone', () => {
    takeOutcome(
      { type: 'drawn', kind: 'box', points: [imagePoint(1, 1), imagePoint(5, 5)] },
      frame,
      'nodule',
    );
    type('4', '5');
    const [mark] = marksOf(useReading.getState().items);
    expect(mark).toMatchObject({ label_key: 'mass', sop_instance_uid: '1.2', frame_number: 3 });
  });

  test('Delete removes the selected mark and Undo brings it back', () => {
    takeOutcome(
      { type: 'drawn', kind: 'box', points: [imagePoint(1, 1), imagePoint(5, 5)] },
      frame,
      'nodule',
    );
    type('Delete');
    expect(marksOf(useReading.getState().items)).toEqual([]);
    useReading.getState().undo();
    expect(marksOf(useReading.getState().items)).toHaveLength(1);
  });

  test('the suggestion is accepted only while it can be seen', () => {
    type('a', 'y');
    expect(answerOf(useReading.getState().items)).toBeNull();
    type('a', 'y');
    expect(answerOf(useReading.getState().items)).toMatchObject({ suggestion_id: 'p7' });
  });

  test('the suggestion is rejected by key, and accepting it takes that back in the same step', () => {
    const reject = all().find(({ id }) => id === 'case.reject');
    const rejected = () => isRejected(useReading.getState().items, 'p7');
    useReading.getState().arrange({ isAiOn: false });
    expect(reject && isEnabled(reject)).toBe(false);
    useReading.getState().arrange({ isAiOn: true });
    void reject?.run();
    expect(rejected()).toBe(true);
    expect(answerOf(useReading.getState().items)).toBeNull();
    type('y');
    expect(rejected()).toBe(false);
    expect(reject && isEnabled(reject)).toBe(false);
    useReading.getState().undo();
    expect(rejected()).toBe(true);
    useReading.getState().undo();
    expect(rejected()).toBe(false);
  });

  test('heat maps made in other ways follow each other while one is shown', () => {
    const made = () => useReading.getState().heatMethod;
    const next = all().find(({ id }) => id === 'case.heatMethod');
    expect(next && isEnabled(next)).toBe(false);
    type('e');
    expect(next && isEnabled(next)).toBe(true);
    const seen = [made()];
    for (let press = 0; press < 3; press++) {
      void next?.run();
      seen.push(made());
    }
    expect(seen).toEqual(['hirescam', 'grad-cam-plus-plus', 'occlusion', 'hirescam']);
  });

  test('a read-only case takes no answers, and Enter goes on', () => {
    useReading.getState().open({}, true);
    type('1', 'b', 'Enter');
    expect(useReading.getState().items).toEqual({});
    expect(useReading.getState().tool).not.toBe('box');
    expect(submit).toHaveBeenCalledTimes(1);
  });
});

describe('answers that must be there', () => {
  test('one of one must be answered, several need not, none are not asked', () => {
    expect(isAnswerMissing({}, schema)).toBe(true);
    expect(isAnswerMissing({}, { ...schema, answer_mode: 'multi' })).toBe(false);
    expect(isAnswerMissing({}, { ...schema, answer_mode: 'none' })).toBe(false);
  });
});

describe('windows by key', () => {
  const choices = [
    { name: 'Protocol', window: { center: 50, width: 400 } },
    { name: 'Auto', window: null },
    { name: 'Lung', window: { center: -600, width: 1500 } },
  ];

  test('go round both ways from the one on screen', () => {
    const name = (now: { center: number; width: number } | null, by: 1 | -1) =>
      neighbouringWindow(choices, now, by)?.name;
    expect(name({ center: 50, width: 400 }, 1)).toBe('Auto');
    expect(name({ center: 50, width: 400 }, -1)).toBe('Lung');
    expect(name({ center: -600, width: 1500 }, 1)).toBe('Protocol');
    expect(name({ center: 1, width: 2 }, 1)).toBe('Protocol');
    expect(name(null, -1)).toBe('Lung');
  });
});

describe('a segment edited from a plane', () => {
  test('is edited on the slice through the crosshair, whatever the plane is scrolled to', () => {
    const slices = [0, 1, 2, 3].map(
      (z) =>
        ({
          sop_instance_uid: `1.${z}`,
          frame_number: 1,
          size: { columns: 4, rows: 4 },
          plane: {
            origin: patientPoint(0, 0, 5 * z),
            rowDirection: [1, 0, 0],
            columnDirection: [0, 1, 0],
            spacing: { row: 1, column: 1 },
          },
        }) as unknown as Frame,
    );
    useReading.getState().paintSegments(
      slices.map((slice, at) => ({
        id: String(at),
        kind: 'segment',
        label_key: 'liver',
        sop_instance_uid: slice.sop_instance_uid,
        frame_number: 1,
        runs: [5, 2],
      })),
      'brush',
    );
    const before = useLayout.getState();
    useLayout.setState({ cells: [{ seriesUid: '1', plane: 'coronal' }], active: 0 });
    usePlanes.setState({ planes: uprightAt(patientPoint(1, 1, 11)) });
    void paintCommands(schema, slices)
      .find(({ id }) => id === 'segment.clear')
      ?.run();
    expect(segmentsOf(useReading.getState().items).map(({ runs }) => runs.length)).toEqual([
      2, 2, 0, 2,
    ]);
    usePlanes.setState({ planes: null });
    useLayout.setState(before);
  });
});
