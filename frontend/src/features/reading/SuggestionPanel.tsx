/** What the model thinks, to be accepted, ignored or looked behind; it never fills in anything. */
import { Button } from '@mantine/core';
import type { ReadingCase } from '../../api/reading';
import { CommandKey } from '../../commands/CommandKey';
import { keepFocus } from './CommandButton';
import { answerOf } from './items';
import styles from './Panel.module.css';
import { useReading } from './store';
import type { HeatMapState } from './useHeatMap';

interface SuggestionPanelProps {
  readonly reading: ReadingCase;
  readonly heat: HeatMapState;
}

/** Classes shown with their probability, the likeliest first. */
const MOST_SHOWN = 4;

export function SuggestionPanel({ reading, heat }: SuggestionPanelProps) {
  const { suggestion, label_schema: schema } = reading;
  const { isAiOn, isHeatShown, isReadOnly, items, accept, arrange } = useReading();
  if (!suggestion || !isAiOn) return null;
  const best = suggestion.label_key;
  const isAccepted = best !== null && answerOf(items)?.suggestion_id === suggestion.id;
  const nameOf = (key: string) => schema.labels.find((label) => label.key === key)?.name ?? key;
  const shown = Object.entries(suggestion.probabilities)
    .sort((one, other) => other[1] - one[1])
    .slice(0, MOST_SHOWN);
  return (
    <section className={styles.section} aria-labelledby="suggestion">
      <h2 id="suggestion" className={styles.heading}>
        Suggestion <span className={styles.muted}>model {suggestion.model_number}</span>
      </h2>
      {shown.map(([key, share]) => (
        <div key={key} className={styles.share}>
          <span className={styles.name}>{nameOf(key)}</span>
          <span className={styles.number}>{Math.round(share * 100)} %</span>
          <i className={styles.bar} style={{ width: `${share * 100}%` }} aria-hidden="true" />
        </div>
      ))}
      <div className={styles.row}>
        {best && (
          <Button
            variant="default"
            disabled={isReadOnly || isAccepted}
            onMouseDown={keepFocus}
            onClick={() => accept(best, suggestion.id, () => crypto.randomUUID())}
            rightSection={<CommandKey id="case.accept" />}
          >
            {isAccepted ? 'Accepted' : 'Accept'}
          </Button>
        )}
        <Button
          variant="default"
          aria-pressed={isHeatShown}
          onMouseDown={keepFocus}
          onClick={() => arrange({ isHeatShown: !isHeatShown })}
          rightSection={<CommandKey id="case.heat" />}
        >
          {isHeatShown ? 'Hide heat map' : 'Heat map'}
        </Button>
      </div>
      {isHeatShown && heat.isWaiting && <p className={styles.muted}>Computing the heat map…</p>}
      {isHeatShown && heat.hasFailed && (
        <p className={styles.muted}>There is no heat map for this case.</p>
      )}
    </section>
  );
}
