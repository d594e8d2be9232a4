/** What the studies differ in, with counts; a click narrows, a second click widens again. */
import {
  FACETS,
  type FacetName,
  type Facets as FacetValues,
  type StudyFilter,
} from '../../api/studies';
import { formatCount, spoken } from '../../ui/format';
import styles from './Studies.module.css';

const TITLES: Record<FacetName, string> = {
  modality: 'Modality',
  body_part: 'Body part',
  site: 'Site',
  manufacturer: 'Manufacturer',
};

const READ_STATES = ['open', 'assigned', 'claimed', 'draft', 'submitted', 'returned', 'accepted'];

interface Props {
  facets: FacetValues | undefined;
  filter: StudyFilter;
  showHoldout: boolean;
  onChange: (change: StudyFilter) => void;
}

export function Facets({ facets, filter, showHoldout, onChange }: Props) {
  const toggle = <Value,>(current: Value, value: Value) => (current === value ? undefined : value);
  return (
    <div className={styles.facets}>
      {FACETS.map((name) => (
        <Facet key={name} title={TITLES[name]}>
          {(facets?.[name] ?? []).map(({ value, count }) => (
            <ValueButton
              key={value}
              text={value || 'not given'}
              count={count}
              isChosen={filter[name] === value}
              onClick={() => onChange({ [name]: toggle(filter[name], value) })}
            />
          ))}
        </Facet>
      ))}
      <Facet title="Reading">
        {READ_STATES.map((state) => (
          <ValueButton
            key={state}
            text={spoken(state)}
            isChosen={filter.read_state === state}
            onClick={() => onChange({ read_state: toggle(filter.read_state, state) })}
          />
        ))}
      </Facet>
      {showHoldout && (
        <Facet title="Hold-out">
          <ValueButton
            text="held out for measuring"
            isChosen={filter.holdout === true}
            onClick={() => onChange({ holdout: toggle(filter.holdout, true) })}
          />
          <ValueButton
            text="free to learn from"
            isChosen={filter.holdout === false}
            onClick={() => onChange({ holdout: toggle(filter.holdout, false) })}
          />
        </Facet>
      )}
    </div>
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
