/** Long work in pieces, between which the window answers. */

/** Works until `piece_ms` are over, lets the window answer, goes on; null once `isOver`. */
export async function inPieces<Found>(
  steps: Generator<void, Found>,
  piece_ms: number,
  isOver: () => boolean = () => false,
): Promise<Found | null> {
  for (;;) {
    const until = performance.now() + piece_ms;
    while (performance.now() < until) {
      const step = steps.next();
      if (step.done) return step.value;
    }
    await new Promise((resolve) => setTimeout(resolve, 0));
    if (isOver()) return null;
  }
}
