import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, screen } from '@testing-library/react';
import { Profiler } from 'react';
import { afterEach, expect, test, vi } from 'vitest';
import { type Session, sessionQuery } from '../../api/access';
import { useRegistry } from '../../commands/registry';
import type { DicomObject } from '../../viewer/dicomJson';
import { seriesOf } from '../../viewer/frames';
import { CaseRoom } from './CaseRoom';
import { draftOf } from './draft';
import { useLayout } from './layout';
import { reading, within } from './readingBench';
import { useReadout } from './readout';
import { useReading } from './store';
import type { RoomActions } from './useRoom';
import { seriesQuery } from './useStudy';

const of = (...Value: unknown[]) => ({ Value });

const slice = (number: number): DicomObject => ({
  '0020000D': of(reading.study.study_uid),
  '0020000E': of('1.2.1'),
  '00080018': of(`1.2.1.${number}`),
  '00080060': of('CT'),
  '00280010': of(64),
  '00280011': of(64),
  '00280030': of(1, 1),
  '00200013': of(number),
  '00200032': of(0, 0, number),
  '00200037': of(1, 0, 0, 0, 1, 0),
  '00281050': of(40),
  '00281051': of(400),
});

const series = seriesOf(
  reading.project_id,
  Array.from({ length: 30 }, (_, at) => slice(at + 1)),
);

const session = {
  user: { id: 'u', preferences: {} },
  projects: [{ id: reading.project_id, permissions: ['annotate', 'hunt_findings'] }],
} as unknown as Session;

const room = { next: vi.fn(), reveal: vi.fn(), back: vi.fn(), reopen: vi.fn(), retry: vi.fn() };

afterEach(() => vi.unstubAllGlobals());

/** The room with its images; no server answers, and nothing can draw. Counts what is drawn anew. */
async function openRoom() {
  vi.stubGlobal('fetch', () => new Promise(() => undefined));
  const client = new QueryClient();
  client.setQueryData(sessionQuery.queryKey, session);
  client.setQueryData(seriesQuery(reading.project_id, reading.study.study_uid).queryKey, series);
  const open = { reading, draft: draftOf([]), letGo: () => undefined };
  const drawn = vi.fn();
  within(
    <QueryClientProvider client={client}>
      <Profiler id="room" onRender={drawn}>
        <CaseRoom
          open={open}
          room={room satisfies RoomActions}
          onClose={() => undefined}
          onHunt={() => undefined}
          onOther={() => undefined}
        />
      </Profiler>
    </QueryClientProvider>,
  );
  await screen.findByRole('alert');
  drawn.mockClear();
  return drawn;
}

test('turning the pages of a stack makes no command anew and draws only what counts slices', async () => {
  const drawn = await openRoom();
  const registered = useRegistry.getState().scopes;
  expect(registered.get('reading')?.length).toBeGreaterThan(50);
  for (let index = 1; index < 20; index += 1) act(() => useLayout.getState().keepIndex(0, index));
  expect(drawn).not.toHaveBeenCalled();

  const bar = screen.getByRole<HTMLInputElement>('slider', { name: 'Slice' });
  const view = { index: 0, affine: null, window: { center: 40, width: 400 }, isInverted: false };
  act(() => useReadout.setState({ view }));
  drawn.mockClear();
  act(() => useReadout.setState({ view: { ...view, index: 20 } }));
  expect(bar.value).toBe('20');
  expect(drawn).toHaveBeenCalledTimes(1);
  expect(useRegistry.getState().scopes).toBe(registered);
});

test('a command acts on the slice on screen when it runs', async () => {
  await openRoom();
  act(() => useLayout.getState().keepIndex(0, 12));
  const command = useRegistry
    .getState()
    .scopes.get('reading')
    ?.find(({ id }) => id === 'comment.new');
  act(() => void command?.run());
  expect(screen.getByText('Image 13 of 30')).toBeDefined();
  expect(useReading.getState().isPanelShown).toBe(true);
});
