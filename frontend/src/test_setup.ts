/** What jsdom lacks and the interface needs; and nothing of one file is left for the next. */
import { afterAll, afterEach, vi } from 'vitest';

afterAll(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  vi.resetModules();
  if ('document' in globalThis) {
    localStorage.clear();
    sessionStorage.clear();
    document.body.replaceChildren();
  }
});

if ('document' in globalThis) {
  const { cleanup } = await import('@testing-library/react');
  afterEach(cleanup);
  addWhatIsMissing();
}

function addWhatIsMissing() {
  if (!window.matchMedia) {
    window.matchMedia = (query: string) =>
      ({
        matches: false,
        media: query,
        onchange: null,
        addEventListener: () => undefined,
        removeEventListener: () => undefined,
        addListener: () => undefined,
        removeListener: () => undefined,
        dispatchEvent: () => false,
      }) as MediaQueryList;
  }

  if (!('ResizeObserver' in window)) {
    class StillObserver implements ResizeObserver {
      observe() {}
      unobserve() {}
      disconnect() {}
    }
    Object.assign(window, { ResizeObserver: StillObserver });
  }

  Element.prototype.scrollIntoView ??= () => undefined;
}
