/** Edits of a stack for tests: computed at once, in the thread that asks. */
import { type Edit, type Edited, edit } from '../../geometry/stackEdit';
import { type Compute, GivenUp } from './computing';

export function editedAtOnce(asked: Edit): Edited[] {
  const computing = edit(asked);
  for (;;) {
    const step = computing.next();
    if (step.done) return step.value;
  }
}

export const here: Compute = (asked) => ({
  changes: Promise.resolve(editedAtOnce(asked)),
  giveUp: () => undefined,
});

/** One that answers when it is told to, and knows how often it was asked. */
export function slowly() {
  const asked: Edit[] = [];
  let answer: () => void = () => undefined;
  const compute: Compute = (work, onShare) => {
    asked.push(work);
    onShare(0.5);
    let giveUp: () => void = () => undefined;
    const changes = new Promise<readonly Edited[]>((resolve, reject) => {
      answer = () => resolve(editedAtOnce(work));
      giveUp = () => reject(new GivenUp());
    });
    return { changes, giveUp };
  };
  return { compute, asked, answer: () => answer() };
}
