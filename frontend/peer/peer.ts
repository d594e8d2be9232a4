/**
 * The same images in Cornerstone3D alone, with its own tools, for bench/viewer.py to measure beside
 * the reading room. `?series=/dicomweb/…/series/UID` says what is shown; the keys are those of the
 * reading room: arrows scroll, `1` takes the brush, `p` shows planes. What is on screen is told by
 * the attributes the reading room has.
 */
import {
  Enums,
  eventTarget,
  imageLoader,
  init as initCore,
  RenderingEngine,
  setVolumesForViewports,
  type Types,
  volumeLoader,
} from '@cornerstonejs/core';
import { init as initLoader, wadors } from '@cornerstonejs/dicom-image-loader';
import * as tools from '@cornerstonejs/tools';

const { ViewportType, OrientationAxis, Events } = Enums;
const TOOLS = 'peer';
const MASK = 'mask';

type Value = { readonly Value?: readonly unknown[] };
type Metadata = Parameters<typeof wadors.metaDataManager.add>[1] & Record<string, Value>;

const place = document.querySelector<HTMLDivElement>('#views');
if (!place) throw new Error('the page has no place for images');

function element(marks: Record<string, string>): HTMLDivElement {
  const made = document.createElement('div');
  Object.assign(made.dataset, marks);
  place?.append(made);
  return made;
}

/** The frames of the series from feet to head. */
async function imageIds(series: string): Promise<string[]> {
  const answer = await fetch(`${series}/metadata`, {
    headers: { Accept: 'application/dicom+json' },
  });
  const objects = (await answer.json()) as Metadata[];
  const height = (object: Metadata) => Number(object['00200032']?.Value?.[2] ?? 0);
  objects.sort((one, other) => height(one) - height(other));
  return objects.map((object) => {
    const uid = String(object['00080018']?.Value?.[0]);
    const id = `wadors:${location.origin}${series}/instances/${uid}/frames/1`;
    wadors.metaDataManager.add(id, object);
    return id;
  });
}

async function showStack(engine: RenderingEngine, ids: string[]): Promise<void> {
  const box = element({});
  box.className = 'viewer viewer-stage';
  box.style.height = '100%';
  box.addEventListener(Events.IMAGE_RENDERED, () => {
    box.dataset.state = 'shown';
  });
  engine.enableElement({ viewportId: 'stack', type: ViewportType.STACK, element: box });
  const viewport = engine.getViewport('stack') as Types.IStackViewport;
  await viewport.setStack(ids, Math.floor(ids.length / 2));
  viewport.render();
  tools.utilities.stackPrefetch.enable(box);
  addEventListener('keydown', ({ key }) => {
    if (key === 'ArrowDown') viewport.scroll(1);
    if (key === 'Home') void viewport.setImageIdIndex(0);
    if (key === '1') void takeBrush(viewport, ids);
  });
}

async function takeBrush(viewport: Types.IStackViewport, ids: string[]): Promise<void> {
  const group = tools.ToolGroupManager.createToolGroup(TOOLS);
  if (!group) return;
  group.addViewport(viewport.id, engineId);
  group.addTool(tools.BrushTool.toolName);
  const images = await imageLoader.createAndCacheDerivedLabelmapImages(ids);
  const type = tools.Enums.SegmentationRepresentations.Labelmap;
  const data = { imageIds: images.map(({ imageId }) => imageId) };
  tools.segmentation.addSegmentations([{ segmentationId: MASK, representation: { type, data } }]);
  await tools.segmentation.addSegmentationRepresentations(viewport.id, [
    { segmentationId: MASK, type },
  ]);
  tools.utilities.segmentation.setBrushSizeForToolGroup(TOOLS, 5);
  const bindings = [{ mouseButton: tools.Enums.MouseBindings.Primary }];
  group.setToolActive(tools.BrushTool.toolName, { bindings });
  document.body.dataset.brush = 'ready';
}

async function showPlanes(engine: RenderingEngine, ids: string[]): Promise<void> {
  engine.disableElement('stack');
  place?.replaceChildren();
  place?.classList.add('planes');
  const planes = [OrientationAxis.AXIAL, OrientationAxis.CORONAL, OrientationAxis.SAGITTAL];
  const inputs = planes.map((orientation) => {
    const box = element({ plane: orientation });
    box.addEventListener(Events.IMAGE_RENDERED, () => {
      box.dataset.state = 'shown';
    });
    const defaultOptions = { orientation };
    return {
      viewportId: orientation,
      type: ViewportType.ORTHOGRAPHIC,
      element: box,
      defaultOptions,
    };
  });
  engine.setViewports(inputs);
  eventTarget.addEventListener(Events.IMAGE_VOLUME_LOADING_COMPLETED, () => {
    const first = document.querySelector<HTMLDivElement>('[data-plane]');
    if (first) first.dataset.loaded = `${ids.length}`;
  });
  const volume = await volumeLoader.createAndCacheVolume(`volume:${ids.length}`, { imageIds: ids });
  volume.load();
  await setVolumesForViewports(engine, [{ volumeId: volume.volumeId }], planes);
  engine.render();
}

const engineId = 'peer';

async function start(): Promise<void> {
  const series = new URLSearchParams(location.search).get('series');
  if (!series) throw new Error('no series was asked for');
  initCore();
  initLoader({ maxWebWorkers: Math.max(1, Math.min(4, navigator.hardwareConcurrency - 1)) });
  tools.init();
  tools.addTool(tools.BrushTool);
  const engine = new RenderingEngine(engineId);
  const ids = await imageIds(series);
  await showStack(engine, ids);
  addEventListener('keydown', ({ key }) => {
    if (key === 'p') void showPlanes(engine, ids);
  });
}

void start();
