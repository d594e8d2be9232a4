/** What is known about a study at a glance. */
import type { StudyDetail } from '../../api/studies';
import { Chip } from '../../ui/Chip';
import { plural, spoken } from '../../ui/format';
import { RelativeTime } from '../../ui/RelativeTime';
import { instancesOf } from './instances';
import styles from './Studies.module.css';

export function StudyFacts({ study }: { study: StudyDetail }) {
  const first = instancesOf(study)[0]?.detail;
  const spacing = first?.pixel_spacing_mm;
  const facts: [string, React.ReactNode][] = [
    ['Study', study.pseudonym],
    ['Modality', [study.modality, study.body_part].filter(Boolean).join(', ') || '–'],
    ['Site', [study.site, study.manufacturer].filter(Boolean).join(', ') || '–'],
    [
      'Images',
      `${plural(study.instance_count, 'image')} in ${plural(study.series_count, 'series', 'series')}`,
    ],
    ['Size', first?.rows ? `${first.columns} × ${first.rows} pixels` : '–'],
    [
      'Pixel spacing',
      spacing
        ? `${spacing.map((one) => one.toFixed(3)).join(' × ')} mm`
        : 'not given, lengths in pixels',
    ],
    ['Reading', study.task_state ? spoken(study.task_state) : 'not asked for'],
    ['Came in', <RelativeTime key="at" at={study.created_at} />],
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
        {study.is_holdout && <Chip text="held out for measuring" />}
        {first?.is_lossy && <Chip tone="warn" text="lossy compression" />}
        {first?.burned_in_suspected && (
          <Chip tone="warn" text="text burned into the image suspected" />
        )}
      </div>
    </div>
  );
}
