/** How many cases were left out and why, and how good readers found the images. */
import { useQuery } from '@tanstack/react-query';
import { labelSchemaQuery } from '../../api/projects';
import { outcomesQuery } from '../../api/reviews';
import { formatCount } from '../../ui/format';
import { Loaded } from '../../ui/Loaded';
import { Panel } from '../../ui/Panel';
import { StatRow, StatTile } from '../../ui/StatTile';
import { t } from '../../words/t';
import styles from './ProjectPage.module.css';

const QUALITY_NAMES: Readonly<Record<string, string>> = {
  diagnostic: t('Diagnostic'),
  limited: t('Limited'),
  non_diagnostic: t('Non-diagnostic'),
};

export function OutcomesPart({ projectId }: { projectId: string }) {
  const outcomes = useQuery(outcomesQuery(projectId));
  const { data: schema } = useQuery(labelSchemaQuery(projectId));
  const reasonOf = (key: string) =>
    schema?.exclusion_reasons.find((reason) => reason.key === key)?.name ?? key;
  return (
    <Panel title={t('Excluded cases and image quality')}>
      <Loaded of={outcomes} rows={2}>
        {({ excluded_count, by_reason, by_quality }) => (
          <>
            <StatRow>
              <StatTile
                label={t('Excluded')}
                value={formatCount(excluded_count)}
                note={t('not learned from, not in datasets')}
              />
              {Object.entries(by_quality).map(([key, count]) => (
                <StatTile
                  key={key}
                  label={QUALITY_NAMES[key] ?? key}
                  value={formatCount(count)}
                  note={t('reads')}
                />
              ))}
            </StatRow>
            {Object.entries(by_reason).map(([key, count]) => (
              <p key={key} className={styles.prose}>
                {reasonOf(key)}: {formatCount(count)}
              </p>
            ))}
          </>
        )}
      </Loaded>
    </Panel>
  );
}
