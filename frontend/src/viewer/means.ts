/** What the graphics at hand can draw in space. */

/** What the graphics of this machine can bear. */
export interface Means {
  /** Drawn by the processor: fewer voxels, fewer pixels while the picture moves. */
  readonly isSoftware: boolean;
  readonly mostVoxels: number;
  /** Pixels drawn while the picture moves and when it rests. */
  readonly pixels: { readonly moving: number; readonly resting: number };
}

const SOFTWARE: Means = {
  isSoftware: true,
  mostVoxels: 1_500_000,
  pixels: { moving: 30_000, resting: 90_000 },
};

const HARDWARE: Means = {
  isSoftware: false,
  mostVoxels: 40_000_000,
  pixels: { moving: 500_000, resting: 4_000_000 },
};

/** Null where the browser draws nothing in space. */
export function meansHere(): Means | null {
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('webgl2');
  if (!context) return null;
  const facts = context.getExtension('WEBGL_debug_renderer_info');
  const renderer = String(facts ? context.getParameter(facts.UNMASKED_RENDERER_WEBGL) : '');
  context.getExtension('WEBGL_lose_context')?.loseContext();
  const isSoftware = /swiftshader|llvmpipe|softpipe|software|basic render/i.test(renderer);
  return isSoftware ? SOFTWARE : HARDWARE;
}
