/** Edits of a stack as they are computed: beside the window, so that it never waits for them. */
import { TooLarge } from '../../geometry/margins';
import type { Edit, Edited } from '../../geometry/stackEdit';
import type { Told } from './stackWorker';

export interface Computing {
  /** Rejects with TooLarge, with GivenUp, or with whatever went wrong. */
  readonly changes: Promise<readonly Edited[]>;
  giveUp(): void;
}

export type Compute = (asked: Edit, onShare: (share: number) => void) => Computing;

export class GivenUp extends Error {}

/** Each edit has a worker of its own: to give up is to end it, and nothing of it stays in memory. */
export const inWorker: Compute = (asked, onShare) => {
  const worker = new Worker(new URL('./stackWorker.ts', import.meta.url), { type: 'module' });
  const { promise, resolve, reject } = withResolvers<readonly Edited[]>();
  worker.onmessage = ({ data }: MessageEvent<Told>) => {
    if ('share' in data) onShare(data.share);
    else if ('changes' in data) resolve(data.changes);
    else reject(new TooLarge());
  };
  worker.onerror = ({ message }) => reject(new Error(message));
  worker.postMessage(asked);
  return {
    changes: promise.finally(() => worker.terminate()),
    giveUp: () => reject(new GivenUp()),
  };
};

function withResolvers<Value>() {
  let resolve: (value: Value) => void = () => undefined;
  let reject: (reason: Error) => void = () => undefined;
  const promise = new Promise<Value>((settle, refuse) => {
    [resolve, reject] = [settle, refuse];
  });
  return { promise, resolve, reject };
}
