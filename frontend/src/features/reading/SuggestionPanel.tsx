/** What the model thinks, to be accepted, ignored or looked behind; it never fills in anything. */
import { Button } from '@mantine/core';
import type { ReadingCase } from '../../api/reading';
import { CommandKey } from '../../commands/CommandKey';
import { type Command, isEnabled } from '../../commands/registry';
import { rich, t } from '../../words/t';
import { keepFocus } from './CommandButton';
import { HeatMapPart } from './HeatMapPart';
import { answerOf } from './items';
import styles from './Panel.module.css';
import { RejectButton } from './RejectButton';
import { useReading } from './store';
import type { HeatMapState } from './useHeatMap';

interface SuggestionPanelProps {
  readonly reading: ReadingCase;
  readonly heat: HeatMapState;
  readonly commands: readonly Command[];
}

/** Classes shown with their probability, the likeliest first. */
const MOST_SHOWN = 4;

export function SuggestionPanel({ reading, heat, commands }: SuggestionPanelProps) {
  const { suggestion, label_schema: schema } = reading;
  const { isAiOn, isHeatShown, isReadOnly, items, accept, arrange } = useReading();
  if (!suggestion || !isAiOn) return null;
  const best = suggestion.label_key;
  const isAccepted = best !== null && answerOf(items)?.suggestion_id === suggestion.id;
  const nameOf = (key: string) => schema.labels.find((label) => label.key === key)?.name ?? key;
  const drawing = commands.filter(({ id }) => id.startsWith('suggestion.'));
  const shown = Object.entries(suggestion.probabilities)
    .sort((one, other) => other[1] - one[1])
    .slice(0, MOST_SHOWN);
  return (
    <section className={styles.section} aria-labelledby="suggestion">
      <h2 id="suggestion" className={styles.heading}>
        {rich('Suggestion <span>model {modelNumber}</span>', {
          span: (parts) => <span className={styles.muted}>{parts}</span>,
          modelNumber: suggestion.model_number,
        })}
      </h2>
      {shown.map(([key, share]) => (
        <div key={key} className={styles.share}>
          <span className={styles.name}>{nameOf(key)}</span>
          <span className={styles.number}>{Math.round(share * 100)} %</span>
          <i className={styles.bar} style={{ width: `${share * 100}%` }} aria-hidden="true" />
        </div>
      ))}
      {drawing.map((command) => (
        <div key={command.id} className={styles.row}>
          <Button
            variant="default"
            disabled={!isEnabled(command)}
            onMouseDown={keepFocus}
            onClick={() => void command.run()}
            rightSection={<CommandKey id={command.id} />}
          >
            {command.title}
          </Button>
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
            {isAccepted ? t('Accepted') : t('Accept')}
          </Button>
        )}
        <RejectButton suggestionId={suggestion.id} />
        {schema.answer_mode !== 'none' && (
          <Button
            variant="default"
            aria-pressed={isHeatShown}
            onMouseDown={keepFocus}
            onClick={() => arrange({ isHeatShown: !isHeatShown })}
            rightSection={<CommandKey id="case.heat" />}
          >
            {isHeatShown ? t('Hide heat map') : t('Heat map')}
          </Button>
        )}
      </div>
      {isHeatShown && best && (
        <HeatMapPart
          studyId={reading.study.id}
          target={{ classKey: best, suggestionId: null }}
          heat={heat}
        />
      )}
    </section>
  );
}
