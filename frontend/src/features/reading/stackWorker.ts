/** Computes an edit of a stack beside the window, and says how far it is. */

import { TooLarge } from '../../geometry/margins';
import { type Edit, type Edited, edit } from '../../geometry/stackEdit';

export type Told =
  | { readonly share: number }
  | { readonly changes: readonly Edited[] }
  | { readonly isTooLarge: true };

/** Between two words about how far it is. */
const TELL_MS = 50;

const tell = (told: Told) => self.postMessage(told);

self.addEventListener('message', ({ data }: MessageEvent<Edit>) => {
  const computing = edit(data);
  let last = performance.now();
  try {
    for (;;) {
      const step = computing.next();
      if (step.done) return tell({ changes: step.value });
      if (performance.now() < last + TELL_MS) continue;
      last = performance.now();
      tell({ share: step.value });
    }
  } catch (error) {
    if (!(error instanceof TooLarge)) throw error;
    tell({ isTooLarge: true });
  }
});
