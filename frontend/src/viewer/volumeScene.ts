/** A volume with surfaces in it on an element of its own: the only place that talks to vtk.js. */
import '@kitware/vtk.js/Rendering/OpenGL/Profiles/Geometry.js';
import '@kitware/vtk.js/Rendering/OpenGL/Profiles/Volume.js';
import vtkDataArray from '@kitware/vtk.js/Common/Core/DataArray.js';
import vtkImageData from '@kitware/vtk.js/Common/DataModel/ImageData.js';
import vtkPiecewiseFunction from '@kitware/vtk.js/Common/DataModel/PiecewiseFunction.js';
import vtkPolyData from '@kitware/vtk.js/Common/DataModel/PolyData.js';
import vtkActor from '@kitware/vtk.js/Rendering/Core/Actor.js';
import vtkColorTransferFunction from '@kitware/vtk.js/Rendering/Core/ColorTransferFunction.js';
import vtkMapper from '@kitware/vtk.js/Rendering/Core/Mapper.js';
import vtkRenderer from '@kitware/vtk.js/Rendering/Core/Renderer.js';
import vtkRenderWindow from '@kitware/vtk.js/Rendering/Core/RenderWindow.js';
import vtkRenderWindowInteractor from '@kitware/vtk.js/Rendering/Core/RenderWindowInteractor.js';
import vtkVolume from '@kitware/vtk.js/Rendering/Core/Volume.js';
import { BlendMode } from '@kitware/vtk.js/Rendering/Core/VolumeMapper/Constants.js';
import vtkVolumeMapper from '@kitware/vtk.js/Rendering/Core/VolumeMapper.js';
import vtkOpenGLRenderWindow from '@kitware/vtk.js/Rendering/OpenGL/RenderWindow.js';
import type { Surface } from '../geometry/surface';
import type { Means } from './means';
import type { Reduced } from './reducedVolume';
import { aim, type Orbit } from './volumeCamera';
import type { Look } from './volumeLooks';

export interface Painted {
  readonly key: string;
  readonly colour: string;
  readonly surface: Surface;
}

export interface Scene {
  /** The values of the volume have changed. */
  refresh(): void;
  /** `strength` scales the opacity of the volume, 0 to 1. */
  setLook(look: Look, strength: number): void;
  setSurfaces(painted: readonly Painted[]): void;
  /** Draws from there; while the picture moves with fewer pixels. */
  draw(orbit: Orbit, isMoving: boolean): void;
  destroy(): void;
}

/** The opacity of a look holds for a way of this length. */
const UNIT_MM = 1.5;

export function createScene(
  element: HTMLElement,
  reduced: Reduced,
  means: Means,
  onLost: () => void,
): Scene {
  const window = vtkRenderWindow.newInstance();
  const graphics = vtkOpenGLRenderWindow.newInstance();
  window.addView(graphics);
  graphics.setContainer(element);
  const renderer = vtkRenderer.newInstance({ background: [0, 0, 0] });
  window.addRenderer(renderer);
  // The mapper asks it whether an animation runs; it listens to nothing.
  const interactor = vtkRenderWindowInteractor.newInstance();
  interactor.setView(graphics);
  interactor.initialize();
  const canvas = graphics.getCanvas();
  if (canvas) Object.assign(canvas.style, { width: '100%', height: '100%' });
  canvas?.addEventListener('webglcontextlost', onLost);

  const { image, volume, mapper } = volumeOf(reduced);
  let isVolumeIn = false;
  let isLit = true;
  const actors = new Map<string, { actor: vtkActor; surface: Surface }>();

  return {
    refresh() {
      image.getPointData().getScalars().modified();
      image.modified();
    },
    setLook(look, strength) {
      dress(volume, look, strength);
      isLit = !look.isProjection;
      mapper.setBlendMode(
        look.isProjection ? BlendMode.MAXIMUM_INTENSITY_BLEND : BlendMode.COMPOSITE_BLEND,
      );
      if (isVolumeIn === strength > 0) return;
      isVolumeIn = strength > 0;
      if (isVolumeIn) renderer.addVolume(volume);
      else renderer.removeVolume(volume);
    },
    setSurfaces(painted) {
      for (const [key, { actor, surface }] of actors) {
        if (painted.some((one) => one.key === key && one.surface === surface)) continue;
        renderer.removeActor(actor);
        actor.delete();
        actors.delete(key);
      }
      for (const { key, colour, surface } of painted) {
        const actor = actors.get(key)?.actor ?? actorOf(surface);
        if (!actors.has(key)) renderer.addActor(actor);
        actors.set(key, { actor, surface });
        actor.getProperty().setColor(...rgbOf(colour));
      }
    },
    draw(orbit, isMoving) {
      const { clientWidth, clientHeight } = element;
      if (clientWidth === 0 || clientHeight === 0) return;
      const most = isMoving ? means.pixels.moving : means.pixels.resting;
      const ratio = globalThis.devicePixelRatio || 1;
      const scale = Math.min(ratio, Math.sqrt(most / (clientWidth * clientHeight)));
      graphics.setSize(Math.ceil(clientWidth * scale), Math.ceil(clientHeight * scale));
      // Light takes ten times as long: where the processor draws it comes when the picture rests.
      volume.getProperty().setShade(isLit && !(isMoving && means.isSoftware));
      mapper.setSampleDistance(sampleDistance(reduced) * (isMoving && means.isSoftware ? 2 : 1));
      aim(renderer.getActiveCamera(), orbit);
      renderer.resetCameraClippingRange();
      window.render();
    },
    destroy() {
      canvas?.removeEventListener('webglcontextlost', onLost);
      const context = canvas?.getContext('webgl2');
      interactor.delete();
      renderer.delete();
      window.removeView(graphics);
      graphics.delete();
      window.delete();
      context?.getExtension('WEBGL_lose_context')?.loseContext();
    },
  };
}

/**
 * The shader of vtk.js lights every sample on its way, which takes six more of them; most are seen
 * through. Without light there is nothing to skip.
 */
const SKIP_WHAT_IS_SEEN_THROUGH = [
  {
    shaderType: 'Fragment', // not shown
    originalValue: ' vec4 tColor = getColorAtPos\\(posVC\\);',
    replaceFirst: true,
    replaceAll: true,
    replacementValue: ` vec3 lookedAtIS = posVCtoIS(posVC);
      vec4 looked = getTextureValue(lookedAtIS);
      vec4 tColor = vec4(0.0);
      if (getOpacityFromTexture(looked.r, 0, 0.5) > 0.002)
        tColor = getColorForValue(looked, posVC, lookedAtIS);`,
  },
];

interface ViewSpecific {
  getViewSpecificProperties(): { OpenGL?: object };
}

const sampleDistance = ({ spacing_mm }: Reduced): number => Math.min(...spacing_mm) * 0.7;

function volumeOf({ counts, origin, spacing_mm, axes, values }: Reduced) {
  const image = vtkImageData.newInstance();
  image.setDimensions([...counts]);
  image.setOrigin([origin[0], origin[1], origin[2]]);
  image.setSpacing([...spacing_mm]);
  image.setDirection(Float32Array.from(axes.flat()) as never);
  const scalars = vtkDataArray.newInstance({ name: 'values', numberOfComponents: 1, values });
  image.getPointData().setScalars(scalars);
  const mapper = vtkVolumeMapper.newInstance();
  mapper.setInputData(image);
  mapper.setMaximumSamplesPerRay(4000);
  mapper.setAutoAdjustSampleDistances(false);
  // not in the types of vtk.js
  const { getViewSpecificProperties } = mapper as unknown as ViewSpecific;
  getViewSpecificProperties().OpenGL = { ShaderReplacements: SKIP_WHAT_IS_SEEN_THROUGH };
  const volume = vtkVolume.newInstance();
  volume.setMapper(mapper);
  const property = volume.getProperty();
  property.setInterpolationTypeToLinear();
  property.setScalarOpacityUnitDistance(0, UNIT_MM);
  property.setAmbient(0.25);
  property.setDiffuse(0.85);
  property.setSpecular(0.15);
  property.setSpecularPower(10);
  return { image, volume, mapper };
}

function dress(volume: vtkVolume, look: Look, strength: number): void {
  const colours = vtkColorTransferFunction.newInstance();
  const opacity = vtkPiecewiseFunction.newInstance();
  for (const [value, r, g, b, alpha] of look.points) {
    colours.addRGBPoint(value, r, g, b);
    opacity.addPoint(value, alpha * strength);
  }
  const property = volume.getProperty();
  property.setRGBTransferFunction(0, colours);
  property.setScalarOpacity(0, opacity);
}

function actorOf({ points, normals, triangles }: Surface): vtkActor {
  const data = vtkPolyData.newInstance();
  data.getPoints().setData(points, 3);
  const cells = new Uint32Array((triangles.length / 3) * 4);
  for (let at = 0; at < triangles.length / 3; at += 1) {
    cells[at * 4] = 3;
    cells.set(triangles.subarray(at * 3, at * 3 + 3), at * 4 + 1);
  }
  data.getPolys().setData(cells);
  data
    .getPointData()
    .setNormals(vtkDataArray.newInstance({ name: 'n', numberOfComponents: 3, values: normals }));
  const mapper = vtkMapper.newInstance();
  mapper.setInputData(data);
  mapper.setScalarVisibility(false);
  const actor = vtkActor.newInstance();
  actor.setMapper(mapper);
  const property = actor.getProperty();
  property.setAmbient(0.2);
  property.setDiffuse(0.8);
  property.setSpecular(0.2);
  property.setSpecularPower(20);
  return actor;
}

function rgbOf(colour: string): [number, number, number] {
  const at = (from: number) => Number.parseInt(colour.slice(from, from + 2), 16) / 255 || 0;
  return [at(1), at(3), at(5)];
}
