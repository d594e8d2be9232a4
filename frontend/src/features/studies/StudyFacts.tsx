/** What is known about a study at a glance. */
import type { StudyDetail } from '../../api/studies';
import { Chip } from '../../ui/Chip';
import { spoken } from '../../ui/format';
import { RelativeTime } from '../../ui/RelativeTime';
import { t } from '../../words/t';
import { instancesOf } from './instances';
import styles from './Studies.module.css';

export function StudyFacts({ study }: { study: StudyDetail }) {
  const first = instancesOf(study)[0]?.detail;
  const spacing = first?.pixel_spacing_mm;
  const facts: [string, React.ReactNode][] = [
    [t('Study'), study.pseudonym],
    [t('Modality'), [study.modality, study.body_part].filter(Boolean).join(', ') || '–'],
    [t('Site'), [study.site, study.manufacturer].filter(Boolean).join(', ') || '–'],
    [
      t('Images'),
      t(
        '{count, plural, one {# image} other {# images}} in {series, plural, one {# series} other {# series}}',
        { count: study.instance_count, series: study.series_count },
      ),
    ],
    [
      t('Size'),
      first?.rows
        ? t('{columns} × {rows} pixels', { columns: first.columns ?? 0, rows: first.rows })
        : '–',
    ],
    [
      t('Pixel spacing'),
      spacing
        ? `${spacing.map((one) => one.toFixed(3)).join(' × ')} mm`
        : t('not given, lengths in pixels'),
    ],
    [t('Reading'), study.task_state ? spoken(study.task_state) : t('not asked for')],
    [t('Came in'), <RelativeTime key="at" at={study.created_at} />],
  ];
  return (
    <div>
      <dl className={styles.facts}>
        {facts.map(([name, value]) => (
          <div key={name} style={{ display: 'contents' }}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <div style={{ display: 'flex', flexWrap: 'wrap', gap: 6, marginTop: 8 }}>
        {study.is_holdout && <Chip text={t('held out for measuring')} />}
        {first?.is_lossy && <Chip tone="warn" text={t('lossy compression')} />}
        {first?.burned_in_suspected && (
          <Chip tone="warn" text={t('text burned into the image suspected')} />
        )}
      </div>
    </div>
  );
}
