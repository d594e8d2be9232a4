/** One file on its way, and how far all of them are together. */
import type { PictureFacts } from '../../../api/pictures';

export type UploadState = 'waiting' | 'sending' | 'sent' | 'known' | 'failed' | 'cancelled';

export interface Upload {
  id: number;
  projectId: string;
  importId: string;
  name: string;
  file: File;
  /** What a table says of it, where it is a picture. */
  picture: PictureFacts | null;
  state: UploadState;
  /** 0..1 */
  share: number;
  text: string;
}

export function isUnderWay(upload: Upload): boolean {
  return upload.state === 'waiting' || upload.state === 'sending';
}

export interface UploadSum {
  count: number;
  doneCount: number;
  knownCount: number;
  failedCount: number;
  bytes: number;
  sentBytes: number;
}

export function sumOf(uploads: readonly Upload[]): UploadSum {
  const sum = { count: 0, doneCount: 0, knownCount: 0, failedCount: 0, bytes: 0, sentBytes: 0 };
  for (const upload of uploads) {
    sum.count += 1;
    sum.bytes += upload.file.size;
    sum.sentBytes += upload.file.size * upload.share;
    if (upload.state === 'sent' || upload.state === 'known') sum.doneCount += 1;
    if (upload.state === 'known') sum.knownCount += 1;
    if (upload.state === 'failed' || upload.state === 'cancelled') sum.failedCount += 1;
  }
  return sum;
}
