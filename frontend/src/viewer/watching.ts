/** Changes of a viewport and failures of its images, as calls. */
import { Enums, eventTarget } from '@cornerstonejs/core';

interface Watched {
  readonly onChange: () => void;
  readonly onResize: () => void;
  readonly onFailure: (imageId: string | undefined, error: unknown) => void;
}

/** Calls back when the view changes or an image fails; returns what ends the watch. */
export function watch(
  element: HTMLDivElement,
  { onChange, onResize, onFailure }: Watched,
): () => void {
  const onLoadError = (event: Event) => {
    const detail = (event as CustomEvent<{ imageId?: string; error?: unknown }>).detail;
    onFailure(detail.imageId, detail.error);
  };
  const failures = [Enums.Events.IMAGE_LOAD_ERROR, Enums.Events.IMAGE_LOAD_FAILED];
  const changes = [
    Enums.Events.IMAGE_RENDERED,
    Enums.Events.CAMERA_MODIFIED,
    Enums.Events.VOI_MODIFIED,
  ];
  for (const name of failures) eventTarget.addEventListener(name, onLoadError);
  for (const name of changes) element.addEventListener(name, onChange);
  const observer = new ResizeObserver(onResize);
  observer.observe(element);
  return () => {
    for (const name of failures) eventTarget.removeEventListener(name, onLoadError);
    for (const name of changes) element.removeEventListener(name, onChange);
    observer.disconnect();
  };
}
