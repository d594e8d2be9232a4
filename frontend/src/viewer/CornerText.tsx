/** What the corners and edges of the image say: orientation, scale, window, slice, zoom. */
import { type Affine, scaleOf } from '../geometry/affine';
import { roundLengthUpTo } from '../geometry/measure';
import { type EdgeLetters, edgeLetters } from '../geometry/orientation';
import { formatNumber } from '../ui/format';
import { t } from '../words/t';
import { breastViewOf, viewName } from './breastViews';
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

const PLACES = {
  left: { top: 'viewer-corner-tl', bottom: 'viewer-corner-bl' },
  right: { top: 'viewer-corner-tr', bottom: 'viewer-corner-br' },
} as const;

/** The side of the screen away from the chest wall; null while nothing says where that is. */
const sideAway = ({ left, right }: EdgeLetters): 'left' | 'right' | null =>
  right.includes('P') ? 'left' : left.includes('P') ? 'right' : null;

export function CornerText({ view, frame, count, isShown }: CornerTextProps) {
  const { affine, window } = view;
  if (!affine) return null;
  const letters = edgeLetters(
    frame.edge.right,
    frame.edge.down,
    [affine.a, affine.b],
    [affine.c, affine.d],
  );
  const breast = breastViewOf(frame.attributes);
  // In a mammogram all text stands over the background, away from the chest wall and the axilla.
  const side = breast ? sideAway(letters) : null;
  const place = PLACES[side ?? 'left'];
  return (
    <div className="viewer-text" aria-hidden="true">
      <b className="viewer-edge viewer-edge-top">{letters.top}</b>
      <b className="viewer-edge viewer-edge-right">{letters.right}</b>
      <b className="viewer-edge viewer-edge-bottom">{letters.bottom}</b>
      <b className="viewer-edge viewer-edge-left">{letters.left}</b>
      <div className={`viewer-corner ${place.top}`}>
        {breast && (
          <b className="viewer-view">
            {viewName(breast)}
            {breast.isModified && ' +'}
          </b>
        )}
        {isShown && !side && <span>{frame.modality}</span>}
        {isShown && (
          <span>
            {frame.size.columns} × {frame.size.rows}
          </span>
        )}
        {side && <Fidelity view={view} affine={affine} frame={frame} isShown={isShown} />}
      </div>
      {isShown && (
        <>
          <div className={`viewer-corner ${place.bottom}`}>
            {side && <ScaleBar affine={affine} frame={frame} />}
            {count > 1 && (
              <span>
                {view.index + 1}/{count}
              </span>
            )}
            {window && !frame.isColour && (
              <span>
                W {Math.round(window.width)} L {formatNumber(Math.round(window.center), 0)}
                {view.isInverted && ` ${t('inverted')}`}
              </span>
            )}
          </div>
          {!side && (
            <div className="viewer-corner viewer-corner-br">
              <ScaleBar affine={affine} frame={frame} />
            </div>
          )}
        </>
      )}
      {!side && (
        <div className="viewer-corner viewer-corner-tr">
          <Fidelity view={view} affine={affine} frame={frame} isShown={isShown} />
        </div>
      )}
    </div>
  );
}

/** Magnification, and the warnings that always stay. */
function Fidelity({ view, affine, frame, isShown }: FrameOnScreen & CornerParts) {
  return (
    <>
      {isShown && <span>{Math.round(scaleOf(affine) * 100)} %</span>}
      {view.isPartial && <span className="viewer-warn">{t('partial')}</span>}
      {frame.isLossy && (
        <span className="viewer-warn">
          {t('lossy')} {frame.lossyRatio && `${Math.round(frame.lossyRatio)}:1`}
        </span>
      )}
    </>
  );
}

type CornerParts = Pick<CornerTextProps, 'view' | 'isShown'>;

interface FrameOnScreen {
  readonly affine: Affine;
  readonly frame: Frame;
}

function ScaleBar({ affine, frame }: FrameOnScreen) {
  if (!frame.spacing) return <span>{t('no scale')}</span>;
  const pixelsPerMillimetre = Math.hypot(affine.a, affine.b) / frame.spacing.column;
  const length = roundLengthUpTo(LONGEST_BAR / pixelsPerMillimetre);
  const where = frame.spacingKind === 'detector' ? ` ${t('at detector')}` : '';
  return (
    <>
      <i className="viewer-scale" style={{ width: length * pixelsPerMillimetre }} />
      <span>
        {length >= 10 ? `${length / 10} cm` : `${length} mm`}
        {where}
      </span>
    </>
  );
}
