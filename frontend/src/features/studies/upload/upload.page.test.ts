import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { filesFromPicker, isWorthSending, type PickedFile } from './dropped';
import { hashOf, PIECE_BYTES } from './send';
import { isUnderWay, sumOf, type Upload } from './upload';
import { useUploads } from './uploadStore';

/** Stands where the browser's own request stands, and answers by the file's name. */
class FakeRequest {
  static sent: string[] = [];
  upload: { onprogress: ((event: ProgressEvent) => void) | null } = { onprogress: null };
  onload: (() => void) | null = null;
  status = 0;
  response: unknown = null;
  responseType = '';
  private address = '';
  open(_method: string, address: string) {
    this.address = address;
  }
  setRequestHeader() {}
  onloadend: (() => void) | null = null;
  abort() {}
  send() {
    const name = new URL(this.address, 'http://x').searchParams.get('name') ?? '';
    FakeRequest.sent.push(name);
    const isBad = name.includes('bad');
    this.status = isBad ? 413 : 202;
    this.response = isBad
      ? { type: '/problems/too-large', title: 'Too large', detail: 'The limit is 4 GB.' }
      : { id: name, state: 'received' };
    queueMicrotask(() => this.onload?.());
  }
}

const chosen = (...files: PickedFile[]) => ({ files, leftOutCount: 0 });
const picked = (name: string, text: string) => ({ name, file: new File([text], name) });

async function settled(): Promise<readonly Upload[]> {
  await vi.waitFor(() => {
    if (useUploads.getState().uploads.some(isUnderWay)) throw new Error('still under way');
  });
  return useUploads.getState().uploads;
}

let known: string[] = [];

beforeEach(() => {
  FakeRequest.sent = [];
  known = [];
  vi.stubGlobal('XMLHttpRequest', FakeRequest);
  vi.stubGlobal('fetch', async () => Response.json({ known }));
  useUploads.setState({ uploads: [], leftOutCount: 0 });
});
afterEach(() => vi.unstubAllGlobals());

describe('uploading', () => {
  test('sends every file once and says which failed and why', async () => {
    useUploads
      .getState()
      .add('p', chosen(picked('a.dcm', 'a'), picked('bad.dcm', 'b'), picked('c.dcm', 'c')));
    const uploads = await settled();
    expect(uploads.map((upload) => upload.state)).toEqual(['sent', 'failed', 'sent']);
    expect(uploads[1]?.text).toBe('The limit is 4 GB.');
    expect(FakeRequest.sent.toSorted()).toEqual(['a.dcm', 'bad.dcm', 'c.dcm']);
  });

  test('does not send what the server has already', async () => {
    const file = picked('again.dcm', 'same bytes');
    known = [(await hashOf(file.file)) ?? expect.fail('no hash')];
    useUploads.getState().add('p', chosen(file));
    expect((await settled())[0]?.state).toBe('known');
    expect(FakeRequest.sent).toEqual([]);
  });

  test('failed files can be sent again', async () => {
    useUploads.getState().add('p', chosen(picked('bad.dcm', 'x')));
    await settled();
    useUploads.getState().retryFailed();
    await settled();
    expect(FakeRequest.sent).toEqual(['bad.dcm', 'bad.dcm']);
  });

  test('the sum counts files and bytes', async () => {
    useUploads.getState().add('p', chosen(picked('a.dcm', '12345'), picked('bad.dcm', '123')));
    const sum = sumOf(await settled());
    expect(sum).toMatchObject({ count: 2, doneCount: 1, failedCount: 1, bytes: 8, sentBytes: 5 });
  });
});

test('a hash is the SHA-256 of the bytes', async () => {
  expect(await hashOf(new Blob(['abc']))).toBe(
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  );
});

test('droppings of file managers are not sent', () => {
  const names = ['a/IM1', 'a/.DS_Store', '__MACOSX/a/._IM1', 'Thumbs.db', 'DICOMDIR'];
  expect(names.filter(isWorthSending)).toEqual(['a/IM1']);
});

test('what media carry besides images is left out and counted, but a single choice is meant', () => {
  const files = ['DICOMDIR', 'README', 'AUTORUN.INF', 'viewer.exe', 'IM1', 'IM2.dcm', '.DS_Store'];
  const listOf = (names: string[]) =>
    names.map((name) => new File(['x'], name)) as unknown as FileList;
  const { files: kept, leftOutCount } = filesFromPicker(listOf(files));
  expect(kept.map(({ name }) => name)).toEqual(['IM1', 'IM2.dcm']);
  expect(leftOutCount).toBe(4);
  expect(filesFromPicker(listOf(['notes.txt']))).toMatchObject({ leftOutCount: 0 });
});

test('ten thousand files redraw the page a few times and ask about many at once', async () => {
  let redraws = 0;
  let asked = 0;
  vi.stubGlobal('fetch', async () => {
    asked += 1;
    return Response.json({ known: [] });
  });
  const unsubscribe = useUploads.subscribe(() => {
    redraws += 1;
  });
  const files = Array.from({ length: 10_000 }, (_, index) => picked(`${index}`, `${index}`));
  const before = performance.now();
  useUploads.getState().add('p', chosen(...files));
  await vi.waitFor(
    () => {
      if (useUploads.getState().uploads.some(isUnderWay)) throw new Error('still under way');
    },
    { timeout: 60_000, interval: 100 },
  );
  const periods = (performance.now() - before) / 200;
  unsubscribe();
  expect(FakeRequest.sent).toHaveLength(10_000);
  expect(asked).toBe(500);
  expect(redraws).toBeLessThan(periods + 5);
}, 60_000);

/** Stands where the server stands, and loses the line in the middle of the second piece. */
class CutLine {
  static arrived = 0;
  static offsets: number[] = [];
  upload: { onprogress: ((event: ProgressEvent) => void) | null } = { onprogress: null };
  onload: (() => void) | null = null;
  onerror: (() => void) | null = null;
  onloadend: (() => void) | null = null;
  status = 200;
  response: unknown = null;
  responseType = '';
  private offset = 0;
  open(_method: string, address: string) {
    this.offset = Number(new URL(address, 'http://x').searchParams.get('offset'));
  }
  setRequestHeader() {}
  abort() {}
  send(piece: Blob) {
    CutLine.offsets.push(this.offset);
    queueMicrotask(() => {
      if (CutLine.offsets.length === 2) {
        CutLine.arrived = this.offset + 1000;
        this.onerror?.();
      } else {
        CutLine.arrived = this.offset + piece.size;
        this.response = stateOf(CutLine.arrived);
        this.onload?.();
      }
      this.onloadend?.();
    });
  }
}

const LARGE = 2.5 * PIECE_BYTES;
const stateOf = (offset: number) => ({
  id: 'u',
  byte_count: LARGE,
  offset,
  file: offset === LARGE ? { id: 'f', state: 'received' } : null,
});

test('a large file goes on after the byte that arrived before the line was cut', async () => {
  vi.stubGlobal('XMLHttpRequest', CutLine);
  vi.stubGlobal('fetch', async (request: Request) =>
    Response.json(request.url.includes('/known') ? { known: [] } : stateOf(CutLine.arrived)),
  );
  const large = { name: 'large.zip', file: new File([new Uint8Array(LARGE)], 'large.zip') };
  useUploads.getState().add('p', chosen(large));
  const uploads = await vi.waitFor(
    () => {
      const { uploads } = useUploads.getState();
      if (uploads.some(isUnderWay)) throw new Error('still under way');
      return uploads;
    },
    { timeout: 20_000, interval: 50 },
  );
  expect(uploads[0]).toMatchObject({ state: 'sent', share: 1, text: '' });
  expect(CutLine.offsets).toEqual([0, PIECE_BYTES, PIECE_BYTES + 1000, 2 * PIECE_BYTES + 1000]);
}, 30_000);
