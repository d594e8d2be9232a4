/** What the model thinks of the series or image on screen, to be accepted or ignored. */
import { Button } from '@mantine/core';
import type { ReadingCase } from '../../api/reading';
import { CommandKey } from '../../commands/CommandKey';
import type { Series } from '../../viewer/frames';
import { rich, t } from '../../words/t';
import { choicesOf } from './attributeWords';
import { keepFocus } from './CommandButton';
import { HeatMapButton } from './HeatMapButton';
import { HeatMapPart } from './HeatMapPart';
import { heatTargetOf } from './heatTarget';
import { Likeliest } from './Likeliest';
import styles from './Panel.module.css';
import { RejectButton } from './RejectButton';
import { useReading } from './store';
import { acceptUnit, attributeOf, isAcceptedUnit, useSuggestionHere } from './unitSuggestion';
import type { HeatMapState } from './useHeatMap';

interface Props {
  readonly reading: ReadingCase;
  readonly series: readonly Series[];
  readonly heat: HeatMapState;
}

/** Where nothing is learned of images, scrolling from one to the next draws nothing here. */
export function UnitSuggestionPanel(props: Props) {
  const isAiOn = useReading((state) => state.isAiOn);
  if (props.reading.unit_suggestions.length === 0 || !isAiOn) return null;
  return <SuggestionHere {...props} />;
}

function SuggestionHere({ reading, series, heat }: Props) {
  const said = useSuggestionHere(reading, series);
  const { isHeatShown, isReadOnly, items } = useReading();
  const target = heatTargetOf(said);
  const schema = reading.label_schema;
  const attribute = said && attributeOf(schema, said);
  const number = reading.unit_suggestions[0]?.model_number ?? 0;
  const names = new Map(attribute ? choicesOf(attribute).map(({ key, name }) => [key, name]) : []);
  const isAccepted = said !== null && isAcceptedUnit(items, said);
  return (
    <section className={styles.section} aria-labelledby="unit-suggestion">
      <h2 id="unit-suggestion" className={styles.heading}>
        {rich('Suggestion <span>model {modelNumber}</span>', {
          span: (parts) => <span className={styles.muted}>{parts}</span>,
          modelNumber: number,
        })}
      </h2>
      {said && attribute ? (
        <span className={styles.muted}>
          {said.scope === 'series'
            ? t('{name}, this series', { name: attribute.name })
            : t('{name}, this image', { name: attribute.name })}
        </span>
      ) : (
        <span className={styles.muted}>{t('The model has not looked at this image.')}</span>
      )}
      <Likeliest
        probabilities={said?.probabilities ?? {}}
        nameOf={(key) => names.get(key) ?? key}
      />
      {said && (
        <div className={styles.row}>
          {said.keys.length > 0 && (
            <Button
              variant="default"
              disabled={isReadOnly || isAccepted}
              onMouseDown={keepFocus}
              onClick={() => acceptUnit(schema, said)}
              rightSection={<CommandKey id="case.accept" />}
            >
              {isAccepted ? t('Accepted') : t('Accept')}
            </Button>
          )}
          <RejectButton suggestionId={said.id} />
          <HeatMapButton />
        </div>
      )}
      {isHeatShown && target && (
        <HeatMapPart studyId={reading.study.id} target={target} heat={heat} />
      )}
    </section>
  );
}
