import { QueryClient } from '@tanstack/react-query';
import { afterEach, expect, test, vi } from 'vitest';
import { fetchOnce, studyMetadata } from '../../api/ahead';
import { type Asked, claimOnce, takeAhead, wanted } from './claims';
import { firstImage } from './ReadingRoom';
import { seriesQuery } from './useStudy';

afterEach(() => vi.unstubAllGlobals());

/** Answers in the server's place; what was asked for is noted. */
function server(): string[] {
  const asked: string[] = [];
  const answer = async (request: Request | string) => {
    const url = new URL(typeof request === 'string' ? request : request.url, location.origin);
    asked.push(url.pathname);
    const reading = {
      project_id: 'p',
      read: { id: 'r1', state: 'claimed' },
      study: { study_uid: '1.2' },
    };
    return Response.json(url.pathname.startsWith('/dicomweb') ? [] : reading);
  };
  vi.stubGlobal('fetch', vi.fn(answer));
  return asked;
}

const METADATA = '/dicomweb/p/studies/1.2/metadata';

test('a case taken ahead is opened once, and what its study holds is on its way', async () => {
  const asked = server();
  takeAhead('p', null);
  const taken = wanted('p', null);
  const { reading, hadWorkHere } = (await taken) as Asked;
  expect([reading.read.id, hadWorkHere]).toEqual(['r1', false]);
  await vi.waitFor(() => expect(asked).toEqual(['/api/projects/p/claim-next', METADATA]));
  const [address, options] = studyMetadata('p', '1.2');
  await fetchOnce(address, options);
  expect(asked).toHaveLength(2);
  // only once: the next time it is asked for anew
  await fetchOnce(address, options);
  void wanted('p', null);
  await vi.waitFor(() => expect(asked.slice(2)).toEqual([METADATA, '/api/projects/p/claim-next']));
});

test('what was taken ahead for one page is not opened on another', async () => {
  const asked = server();
  takeAhead('p', 'r1');
  expect(wanted('p', 'r2')).toBe('r2');
  expect(wanted('p', 'r1')).toBe('r1');
  const [one, other] = [claimOnce('p'), claimOnce('p')];
  expect(one).toBe(other);
  await one;
  expect(asked.filter((path) => path.endsWith('claim-next'))).toHaveLength(1);
});

test('the images of a case taken ahead are sent for before the room is drawn, and once', async () => {
  const asked = server();
  const { reading } = await takeAhead('p', null);
  const client = new QueryClient();
  await firstImage(client, reading);
  expect(client.getQueryData(seriesQuery('p', '1.2').queryKey)).toEqual([]);
  expect(asked).toEqual(['/api/projects/p/claim-next', METADATA]);
});
