/** What buttons, wheel and fingers do on the image, and the place to change it. */
import { Button, Select } from '@mantine/core';
import { useState } from 'react';
import {
  ACTION_NAMES,
  actionsOf,
  choicesFor,
  DEFAULT_MOUSE,
  GESTURES,
  type Gesture,
  gestureName,
  MOUSE_PRESETS,
  type MouseAction,
  type MouseMap,
  mouseProblems,
  useMouse,
} from '../ui/mouseMap';
import { t } from '../words/t';
import styles from './HelpPanel.module.css';

interface Props {
  /** Keeps the map with the account. Rejects when that could not be done. */
  onMouse: (map: MouseMap) => Promise<unknown>;
}

const NOT_KEPT = t('This works now, but could not be kept with your account. Try again later.');

export function MousePart({ onMouse }: Props) {
  const { map, actions, use } = useMouse();
  const [refusal, setRefusal] = useState('');
  const change = (next: MouseMap) => {
    const refused = mouseProblems(actionsOf(next)).find(({ isRefused }) => isRefused);
    setRefusal(refused?.text ?? '');
    if (refused) return;
    use(next);
    onMouse(next).catch(() => setRefusal(NOT_KEPT));
  };
  const choose = (gesture: Gesture, action: MouseAction) =>
    change({ ...map, own: { ...map.own, [gesture]: action } });
  const ownCount = Object.keys(map.own).length;
  return (
    <section aria-label={t('Mouse, pen and fingers')}>
      <h3 className={styles.section}>{t('Mouse, pen and fingers')}</h3>
      <div className={styles.presets}>
        <Select
          label={t('Set of buttons')}
          description={MOUSE_PRESETS.find(({ id }) => id === map.preset)?.about}
          data={MOUSE_PRESETS.map(({ id, name }) => ({ value: id, label: name }))}
          value={map.preset}
          allowDeselect={false}
          onChange={(preset) => preset && change({ ...map, preset })}
        />
        {ownCount > 0 && (
          <Button variant="default" onClick={() => change({ ...map, own: DEFAULT_MOUSE.own })}>
            {t('Give up my own buttons ({count})', { count: ownCount })}
          </Button>
        )}
      </div>
      {refusal && <p role="alert">{refusal}</p>}
      {mouseProblems(actions).map(({ text }) => (
        <p key={text} className={styles.off}>
          {text}
        </p>
      ))}
      <dl className={styles.list}>
        {GESTURES.map((gesture) => (
          <div key={gesture} className={styles.row}>
            <dt>{gestureName(gesture)}</dt>
            <dd>
              <select
                className={styles.choice}
                aria-label={gestureName(gesture)}
                value={actions[gesture]}
                onChange={(event) => choose(gesture, event.currentTarget.value as MouseAction)}
              >
                {choicesFor(gesture).map((action) => (
                  <option key={action} value={action}>
                    {ACTION_NAMES[action]}
                  </option>
                ))}
              </select>
            </dd>
          </div>
        ))}
        <div className={styles.row}>
          <dt>{t('Two fingers')}</dt>
          <dd>{t('Zoom and pan')}</dd>
        </div>
        <div className={styles.row}>
          <dt>{t('Pen')}</dt>
          <dd>{t('The tool in hand; its rubber and side button erase')}</dd>
        </div>
      </dl>
    </section>
  );
}
