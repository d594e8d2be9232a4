import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { isWorthSending } from './dropped';
import { hashOf } from './send';
import { isUnderWay, sumOf, type Upload, useUploads } from './uploadStore';

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
  useUploads.setState({ uploads: [] });
});
afterEach(() => vi.unstubAllGlobals());

describe('uploading', () => {
  test('sends every file once and says which failed and why', async () => {
    useUploads
      .getState()
      .add('p', [picked('a.dcm', 'a'), picked('bad.dcm', 'b'), picked('c.dcm', 'c')]);
    const uploads = await settled();
    expect(uploads.map((upload) => upload.state)).toEqual(['sent', 'failed', 'sent']);
    expect(uploads[1]?.text).toBe('The limit is 4 GB.');
    expect(FakeRequest.sent.toSorted()).toEqual(['a.dcm', 'bad.dcm', 'c.dcm']);
  });

  test('does not send what the server has already', async () => {
    const file = picked('again.dcm', 'same bytes');
    known = [(await hashOf(file.file)) ?? expect.fail('no hash')];
    useUploads.getState().add('p', [file]);
    expect((await settled())[0]?.state).toBe('known');
    expect(FakeRequest.sent).toEqual([]);
  });

  test('failed files can be sent again', async () => {
    useUploads.getState().add('p', [picked('bad.dcm', 'x')]);
    await settled();
    useUploads.getState().retryFailed();
    await settled();
    expect(FakeRequest.sent).toEqual(['bad.dcm', 'bad.dcm']);
  });

  test('the sum counts files and bytes', async () => {
    useUploads.getState().add('p', [picked('a.dcm', '12345'), picked('bad.dcm', '123')]);
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
  expect(names.filter(isWorthSending)).toEqual(['a/IM1', 'DICOMDIR']);
});
