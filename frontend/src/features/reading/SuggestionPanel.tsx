/** What the model thinks, to be accepted, ignored or looked behind; it never fills in anything. */
import { Button } from '@mantine/core';
import type { ReadingCase } from '../../api/reading';
import { CommandKey } from '../../commands/CommandKey';
import { type Command, isEnabled } from '../../commands/registry';
import { rich, t } from '../../words/t';
import { keepFocus } from './CommandButton';
import { HeatMapButton } from './HeatMapButton';
import { HeatMapPart } from './HeatMapPart';
import { answerOf } from './items';
import { Likeliest } from './Likeliest';
import styles from './Panel.module.css';
import { RejectButton } from './RejectButton';
import { useReading } from './store';
import type { HeatMapState } from './useHeatMap';

interface SuggestionPanelProps {
  readonly reading: ReadingCase;
  readonly heat: HeatMapState;
  readonly commands: readonly Command[];
}

export function SuggestionPanel({ reading, heat, commands }: SuggestionPanelProps) {
  const { suggestion, label_schema: schema } = reading;
  const { isAiOn, isHeatShown, isReadOnly, items, accept } = useReading();
  if (!suggestion || !isAiOn) return null;
  const best = suggestion.label_key;
  const isAccepted = best !== null && answerOf(items)?.suggestion_id === suggestion.id;
  const nameOf = (key: string) => schema.labels.find((label) => label.key === key)?.name ?? key;
  const drawing = commands.filter(({ id }) => id.startsWith('suggestion.'));
  return (
    <section className={styles.section} aria-labelledby="suggestion">
      <h2 id="suggestion" className={styles.heading}>
        {rich('Suggestion <span>model {modelNumber}</span>', {
          span: (parts) => <span className={styles.muted}>{parts}</span>,
          modelNumber: suggestion.model_number,
        })}
      </h2>
      <Likeliest probabilities={suggestion.probabilities} nameOf={nameOf} />
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
        {schema.answer_mode !== 'none' && <HeatMapButton />}
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
