/** What the corners and edges of the image say: orientation, scale, window, slice, zoom. */
import { type Affine, scaleOf } from '../geometry/affine';
import { roundLengthUpTo } from '../geometry/measure';
import { edgeLetters } from '../geometry/orientation';
import { t } from '../words/t';
import type { Frame } from './frames';
import type { View } from './stackEngine';

export interface CornerTextProps {
  readonly view: View;
  readonly frame: Frame;
  readonly count: number;
  /** Everything but the orientation letters and lossy warning, which always stay. */
  readonly isShown: boolean;
}

/** Longest the scale bar may get, in CSS pixels. */
const LONGEST_BAR = 140;

export function CornerText({ view, frame, count, isShown }: CornerTextProps) {
  const { affine, window } = view;
  if (!affine) return null;
  const letters = edgeLetters(
    frame.edge.right,
    frame.edge.down,
    [affine.a, affine.b],
    [affine.c, affine.d],
  );
  return (
    <div className="viewer-text" aria-hidden="true">
      <b className="viewer-edge viewer-edge-top">{letters.top}</b>
      <b className="viewer-edge viewer-edge-right">{letters.right}</b>
      <b className="viewer-edge viewer-edge-bottom">{letters.bottom}</b>
      <b className="viewer-edge viewer-edge-left">{letters.left}</b>
      {isShown && (
        <>
          <div className="viewer-corner viewer-corner-tl">
            <span>{frame.modality}</span>
            <span>
              {frame.size.columns} × {frame.size.rows}
            </span>
          </div>
          <div className="viewer-corner viewer-corner-bl">
            {count > 1 && (
              <span>
                {view.index + 1}/{count}
              </span>
            )}
            {window && !frame.isColour && (
              <span>
                W {Math.round(window.width)} L {String(Math.round(window.center)).replace('-', '−')}
                {view.isInverted && ` ${t('inverted')}`}
              </span>
            )}
          </div>
          <ScaleBar affine={affine} frame={frame} />
        </>
      )}
      <div className="viewer-corner viewer-corner-tr">
        {isShown && <span>{Math.round(scaleOf(affine) * 100)} %</span>}
        {frame.isLossy && (
          <span className="viewer-warn">
            {t('lossy')} {frame.lossyRatio && `${Math.round(frame.lossyRatio)}:1`}
          </span>
        )}
      </div>
    </div>
  );
}

function ScaleBar({ affine, frame }: { readonly affine: Affine; readonly frame: Frame }) {
  if (!frame.spacing)
    return <span className="viewer-corner viewer-corner-br">{t('no scale')}</span>;
  const pixelsPerMillimetre = Math.hypot(affine.a, affine.b) / frame.spacing.column;
  const length = roundLengthUpTo(LONGEST_BAR / pixelsPerMillimetre);
  const where = frame.spacingKind === 'detector' ? ` ${t('at detector')}` : '';
  return (
    <div className="viewer-corner viewer-corner-br">
      <i className="viewer-scale" style={{ width: length * pixelsPerMillimetre }} />
      <span>
        {length >= 10 ? `${length / 10} cm` : `${length} mm`}
        {where}
      </span>
    </div>
  );
}
