/** The heat map that is shown: how it is made, how far it is, and the same as a file. */
import { SegmentedControl } from '@mantine/core';
import { CommandKey } from '../../commands/CommandKey';
import { t } from '../../words/t';
import { HEAT_METHODS, type HeatMethod } from './heatMethods';
import styles from './Panel.module.css';
import { useReading } from './store';
import { askedOf, type HeatMapState, type HeatTarget } from './useHeatMap';

interface HeatMapPartProps {
  readonly studyId: string;
  readonly target: HeatTarget;
  readonly heat: HeatMapState;
}

/** The map as a DICOM Parametric Map. */
const mapAddress = (studyId: string, target: HeatTarget, method: HeatMethod): string =>
  `/api/studies/${studyId}/explanation/dicom?${askedOf(target, method)}`;

export function HeatMapPart({ studyId, target, heat }: HeatMapPartProps) {
  const { heatMethod, arrange } = useReading();
  const about = HEAT_METHODS.find(({ value }) => value === heatMethod)?.about;
  return (
    <div className={styles.heat}>
      <SegmentedControl
        size="xs"
        fullWidth
        aria-label={t('How the heat map is made')}
        value={heatMethod}
        data={HEAT_METHODS.map(({ value, name }) => ({ value, label: name }))}
        onChange={(value) => arrange({ heatMethod: value as HeatMethod })}
      />
      <p className={styles.muted}>
        {about} <CommandKey id="case.heatMethod" />
      </p>
      {heat.image && (
        <a className={styles.edit} href={mapAddress(studyId, target, heatMethod)} download>
          {t('Heat map as a DICOM file')}
        </a>
      )}
      {heat.isWaiting && <p className={styles.muted}>{t('Computing the heat map…')}</p>}
      {heat.hasFailed && (
        <p className={styles.muted}>{t('There is no heat map of this kind for this case.')}</p>
      )}
    </div>
  );
}
