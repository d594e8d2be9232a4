/** What has to be said about the case beside its questions: saving, leaving it, what was asked. */
import type { ReactNode } from 'react';
import type { CommentPlace } from '../../api/comments';
import type { ReadingCase } from '../../api/reading';
import { CommandKey } from '../../commands/CommandKey';
import { ProblemPanel } from '../../ui/ProblemPanel';
import type { Series } from '../../viewer/frames';
import { t } from '../../words/t';
import { FlowPanels } from './FlowPanels';
import { HangingNotice } from './HangingNotice';
import { IssueNotice } from './IssueNotice';
import styles from './Panel.module.css';
import { SaveNotice } from './SaveNotice';
import { useReading } from './store';
import { aboutText, type useComments } from './useComments';
import type { Flow } from './useFlow';
import type { RoomActions } from './useRoom';
import { useSecond } from './useSecondWindow';
import type { Sitting } from './useSitting';

interface CaseNoticeProps {
  readonly reading: ReadingCase;
  readonly sitting: Sitting;
  readonly room: RoomActions;
  readonly flow: Flow;
  readonly issuePlace: CommentPlace | null;
  readonly series: readonly Series[];
  readonly comments: ReturnType<typeof useComments>;
  /** What is said of a search for places that look alike. */
  readonly hunt: ReactNode;
}

export function CaseNotice(props: CaseNoticeProps) {
  const { reading, sitting, room, flow, issuePlace, series, comments, hunt } = props;
  const { save, kept, autosave } = sitting;
  return (
    <>
      <SaveNotice
        save={save}
        kept={kept}
        schema={reading.label_schema}
        onResolve={(choice) => {
          const items = autosave?.resolve(choice);
          if (items) useReading.getState().replace(items);
        }}
        onTakeBack={() => void sitting.takeBack().catch(() => room.next(undefined))}
        waiting={kept.waiting ?? 'submit'}
        onCancelSubmit={() => autosave?.takeBack()}
      />
      <SecondNotice />
      <HangingNotice />
      {hunt}
      {flow.problem && <ProblemPanel problem={flow.problem} />}
      <FlowPanels
        flow={flow}
        schema={reading.label_schema}
        issuePlace={issuePlace}
        aboutText={(place) => aboutText(place, series)}
      />
      <IssueNotice read={reading.read} threads={comments.threads} onShow={comments.open} />
    </>
  );
}

function SecondNotice() {
  const isBlocked = useSecond((state) => state.isBlocked);
  if (!isBlocked) return null;
  return (
    <section className={styles.notice} role="alert">
      <b>{t('The browser blocked the second window')}</b>
      <p className={styles.plain}>
        {t('Allow this site to open windows, then ask for it again.')}{' '}
        <CommandKey id="screen.second" />
      </p>
    </section>
  );
}
