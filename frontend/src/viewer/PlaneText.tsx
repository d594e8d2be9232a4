/** What must be known of a plane before it is believed: which, how thick, how complete. */
import type { PlaneName } from '../geometry/planes';
import { t } from '../words/t';
import type { Slab, SlabMode } from './volumeEngine';

const PLANE_NAMES: Readonly<Record<PlaneName, string>> = {
  axial: t('axial'),
  coronal: t('coronal'),
  sagittal: t('sagittal'),
};

export const SLAB_NAMES: Readonly<Record<SlabMode, string>> = {
  maximum: 'MIP',
  minimum: 'MinIP',
  average: t('Average'),
};

export const slabText = ({ mode, thickness_mm }: Slab): string =>
  thickness_mm === 0 ? t('Thin cut') : `${SLAB_NAMES[mode]} ${thickness_mm} mm`;

interface PlaneTextProps {
  readonly name: PlaneName;
  readonly slab: Slab;
  readonly isInterpolated: boolean;
  readonly loaded: number;
  readonly failed: number;
  readonly count: number;
}

export function PlaneText(props: PlaneTextProps) {
  const { name, slab, loaded, failed, count } = props;
  const isPartial = loaded + failed < count;
  return (
    <div className="viewer-text" aria-hidden="true">
      <div className="viewer-corner viewer-fidelity">
        <span style={{ textTransform: 'capitalize' }}>{PLANE_NAMES[name]}</span>
        {slab.thickness_mm > 0 && <span>{slabText(slab)}</span>}
        {props.isInterpolated && <span>{t('interpolated')}</span>}
        {isPartial && (
          <span className="viewer-warn">
            {t('partial: {loaded} of {count} slices', { loaded, count })}
          </span>
        )}
        {failed > 0 && (
          <span className="viewer-warn">
            {t('{count, plural, one {# slice} other {# slices}} could not be loaded', {
              count: failed,
            })}
          </span>
        )}
      </div>
    </div>
  );
}
