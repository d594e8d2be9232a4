/** What the studies differ in, with counts; a click narrows, a second click widens again. */
import { type ReactNode, useState } from 'react';
import {
  FACETS,
  type FacetName,
  type Facet as FacetValue,
  type Facets as FacetValues,
  type StudyFilter,
} from '../../api/studies';
import { formatCount, spoken } from '../../ui/format';
import { t } from '../../words/t';
import { AttributeFilter } from './AttributeFilter';
import styles from './Studies.module.css';

const TITLES: Record<FacetName, string> = {
  modality: t('Modality'),
  body_part: t('Body part'),
  site: t('Site'),
  manufacturer: t('Manufacturer'),
  scanner: t('Scanner'),
  trust: t('Geometry'),
  read_state: t('Reading'),
};

/** Values that are words of ours; all others are shown as the files have them. */
const SPOKEN: ReadonlySet<FacetName> = new Set(['trust', 'read_state']);
const FIRST_SHOWN = 8;

interface Props {
  /** What stands above the facets. */
  head: ReactNode;
  facets: FacetValues | undefined;
  filter: StudyFilter;
  showHoldout: boolean;
  onChange: (change: StudyFilter) => void;
}

export function Facets({ head, facets, filter, showHoldout, onChange }: Props) {
  const toggle = <Value,>(current: Value, value: Value) => (current === value ? undefined : value);
  return (
    <div className={styles.facets}>
      {head}
      <AttributeFilter
        conditions={filter.attribute ?? []}
        onChange={(attribute) => onChange({ attribute })}
      />
      {FACETS.map((name) => (
        <Values
          key={name}
          name={name}
          values={facets?.[name] ?? []}
          chosen={filter[name]}
          onChoose={(value) => onChange({ [name]: toggle(filter[name], value) })}
        />
      ))}
      {showHoldout && (
        <Facet title={t('Hold-out')}>
          <ValueButton
            text={t('held out for measuring')}
            isChosen={filter.holdout === true}
            onClick={() => onChange({ holdout: toggle(filter.holdout, true) })}
          />
          <ValueButton
            text={t('free to learn from')}
            isChosen={filter.holdout === false}
            onClick={() => onChange({ holdout: toggle(filter.holdout, false) })}
          />
        </Facet>
      )}
    </div>
  );
}

interface ValuesProps {
  name: FacetName;
  values: FacetValue[];
  chosen: string | undefined;
  onChoose: (value: string) => void;
}

/** A chosen value stays in sight even where nothing matches it any more. */
function Values({ name, values, chosen, onChoose }: ValuesProps) {
  const [isOpen, setOpen] = useState(false);
  const isMissing = chosen !== undefined && !values.some(({ value }) => value === chosen);
  const all = isMissing ? [{ value: chosen, count: 0 }, ...values] : values;
  if (all.length === 0) return null;
  const shown = isOpen
    ? all
    : all.filter(({ value }, index) => index < FIRST_SHOWN || value === chosen);
  const left = all.length - shown.length;
  const text = (value: string) => (SPOKEN.has(name) ? spoken(value) : value);
  return (
    <Facet title={TITLES[name]}>
      {shown.map(({ value, count }) => (
        <ValueButton
          key={value}
          text={value === '' ? t('not given') : text(value)}
          count={count}
          isChosen={chosen === value}
          onClick={() => onChoose(value)}
        />
      ))}
      {(left > 0 || isOpen) && (
        <button type="button" className={styles.more} onClick={() => setOpen(!isOpen)}>
          {isOpen ? t('Show fewer') : t('Show {left} more', { left: formatCount(left) })}
        </button>
      )}
    </Facet>
  );
}

function Facet({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <section className={styles.facet} aria-label={title}>
      <h2>{title}</h2>
      {children}
    </section>
  );
}

interface ValueProps {
  text: string;
  count?: number;
  isChosen: boolean;
  onClick: () => void;
}

function ValueButton({ text, count, isChosen, onClick }: ValueProps) {
  return (
    <button
      type="button"
      className={styles.value}
      aria-pressed={isChosen}
      title={text}
      onClick={onClick}
    >
      <span>{text}</span>
      {count !== undefined && <span className={styles.count}>{formatCount(count)}</span>}
    </button>
  );
}
