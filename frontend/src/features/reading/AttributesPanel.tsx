/** What is asked beside the labels, of the study, series, image and region on screen. */
import { useEffect, useState } from 'react';
import type { LabelSchema } from '../../api/projects';
import { CommandKey } from '../../commands/CommandKey';
import type { Series } from '../../viewer/frames';
import { t } from '../../words/t';
import { AttributeRow } from './AttributeRow';
import styles from './Attributes.module.css';
import { type Group, nextInGroup } from './asking';
import type { Work } from './attributes';
import panel from './Panel.module.css';
import { type Asking, useReading } from './store';
import { useGroups } from './useGroups';

interface AttributesHereProps {
  readonly schema: LabelSchema;
  readonly series: readonly Series[];
  readonly work: Work;
  readonly isStrict: boolean;
}

/** Those that concern what is on screen: this alone follows the scrolling. */
export function AttributesHere({ schema, series, work, isStrict }: AttributesHereProps) {
  return <AttributesPanel groups={useGroups(schema, series, work)} isStrict={isStrict} />;
}

export interface AttributesPanelProps {
  readonly groups: readonly Group[];
  /** True once submitting was tried: what is missing is marked. */
  readonly isStrict: boolean;
}

export function AttributesPanel({ groups, isStrict }: AttributesPanelProps) {
  const asking = useReading((state) => state.asking);
  const isReadOnly = useReading((state) => state.isReadOnly);
  const ask = useReading((state) => state.ask);
  const [done, setDone] = useState<Asking | null>(null);
  // An answer may bring new questions: what comes next is known only once they are here.
  useEffect(() => {
    if (!done) return;
    setDone(null);
    ask(nextInGroup(groups, done));
  }, [done, groups, ask]);
  if (groups.length === 0) return null;
  return (
    <section className={panel.section} aria-label={t('Attributes')}>
      {groups.map((group, index) => (
        <fieldset key={`${group.scope}/${group.target}`} className={styles.group}>
          <legend className={panel.heading}>
            {group.title}
            {index === 0 && !isReadOnly && (
              <span className={panel.muted}>
                {' '}
                <CommandKey id="attribute.next" /> {t('next open question')}
              </span>
            )}
          </legend>
          {group.attributes.map((attribute) => (
            <AttributeRow
              key={attribute.key}
              attribute={attribute}
              at={{ scope: group.scope, target: group.target, attribute: attribute.key }}
              value={group.values[attribute.key]}
              isAsked={isAsked(group, asking) && asking?.attribute === attribute.key}
              isReadOnly={isReadOnly}
              isStrict={isStrict}
              onDone={setDone}
            />
          ))}
        </fieldset>
      ))}
    </section>
  );
}

const isAsked = (group: Group, asking: Asking | null): boolean =>
  asking !== null && asking.scope === group.scope && asking.target === group.target;
