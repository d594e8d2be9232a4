/** One case on the table: top bar, tools, image, questions. */
import { useCallback, useMemo, useState } from 'react';
import { useCan } from '../../api/access';
import type { CommentPlace } from '../../api/comments';
import { useCommands } from '../../commands/useCommands';
import { useLate } from '../../ui/useLate';
import type { Frame } from '../../viewer/frames';
import { windowChoices } from '../../viewer/greyWindows';
import { CaseNotice } from './CaseNotice';
import { flowCommands, labelCommands, markCommands } from './caseCommands';
import { isOfStudy } from './earlier';
import { GuidePanel } from './GuidePanel';
import { useHeatTarget } from './heatTarget';
import { ImagePane } from './ImagePane';
import { seriesIn, useArranged } from './layout';
import { layoutCommands } from './layoutCommands';
import { NotLoaded } from './NotLoaded';
import { useOwnWindows } from './ownWindows';
import { paintCommands } from './paintCommands';
import { promptCommands } from './promptCommands';
import styles from './Reading.module.css';
import { rejectCommand } from './rejectCommand';
import { SidePanel } from './SidePanel';
import { seriesCommands } from './seriesCommands';
import { useReading } from './store';
import { useSuggested } from './suggested';
import { TagsPanel } from './TagsPanel';
import { ToolColumn } from './ToolColumn';
import { TopBar } from './TopBar';
import { unitAccept } from './unitSuggestion';
import { useAsking } from './useAsking';
import { useCaseActions } from './useCaseActions';
import { useClinicalText } from './useClinicalText';
import { useComments } from './useComments';
import { earlierCommands, useEarlier } from './useEarlier';
import { isAnswerMissing, useFlow } from './useFlow';
import { useHanging } from './useHanging';
import { useHeatMap } from './useHeatMap';
import { useHoldToHide } from './useHoldToHide';
import { useHuntPlace } from './useHuntPlace';
import { lookHereCommands, useLookHere } from './useLookHere';
import { usePromptBench } from './usePromptBench';
import type { OpenCase, RoomActions } from './useRoom';
import { useSecondWindow } from './useSecondWindow';
import { useShownNow } from './useShownNow';
import { useShowPlace } from './useShowPlace';
import { useSitting } from './useSitting';
import { useNextCase, useStudy } from './useStudy';
import { useWords } from './useWords';
import { navigationCommands, screenCommands, stackCommands } from './viewCommands';

export interface CaseRoomProps {
  readonly open: OpenCase;
  readonly room: RoomActions;
  readonly onClose: () => void;
  readonly onHunt: (huntId: string) => void;
  readonly onOther: (projectId: string, readId: string) => void;
}

export function CaseRoom({ open, room, onClose, onHunt, onOther }: CaseRoomProps) {
  const { reading } = open;
  const schema = reading.label_schema;
  const sitting = useSitting(open, { onSubmitted: room.next, onLocked: room.reveal });
  const study = useStudy(reading.project_id, reading.study.study_uid);
  const series = useMemo(() => study.data ?? [], [study.data]);
  const [isReady, setReady] = useState(false);
  const noteReady = useCallback(() => setReady(true), []);
  const { cells, active, show } = useArranged();
  const earlier = useEarlier(reading);
  const words = useWords();
  const clinicalText = useClinicalText(reading);
  const windows = useOwnWindows();
  const hangingCommands = useHanging(reading, series, earlier);
  const all = useMemo(() => [...series, ...earlier.series], [series, earlier.series]);
  const here = seriesIn(all, cells[active]);
  const isEarlier = here !== undefined && !isOfStudy(here, reading.study.study_uid);
  const frames = here?.frames ?? NO_FRAMES;
  const seriesIndex = Math.max(
    0,
    all.findIndex((one) => one.series_uid === here?.series_uid),
  );
  const showPlace = useShowPlace(series, here);
  const asking = useAsking(schema, series, showPlace);
  const own = isEarlier ? NO_FRAMES : frames;
  const shownNow = useShownNow(own);
  const comments = useComments(reading.read.id, shownNow, showPlace);
  const flow = useFlow(reading, sitting, room, asking);
  const secondWindow = useSecondWindow(reading, all, (...to) => {
    void flow.leave().finally(() => onOther(...to));
  });
  const hunt = useHuntPlace(reading, shownNow, (id) => void flow.leave().finally(() => onHunt(id)));
  const [issuePlace, setIssuePlace] = useState<CommentPlace | null>(null);
  const { items, isHeatShown, heatMethod, isAiOn } = useReading();
  const { areToolsShown, isPanelShown, isGuideShown, areTagsShown } = useReading();
  const canEdit = useCan(reading.project_id, 'manage_project');
  const target = useHeatTarget(reading, series, isHeatShown && isAiOn);
  const heat = useHeatMap(reading.study.id, target, heatMethod, isHeatShown && isAiOn);
  const suggested = useSuggested(reading, own);
  const doubts = useLookHere(reading, frames, isAiOn);
  useNextCase(reading.project_id, reading.read.id, isReady && !sitting.isReadOnly);
  const isSubmitLate = useLate(flow.isBusy || sitting.save.at === 'submitting');
  useHoldToHide();
  usePromptBench(reading.read, sitting.isReadOnly);

  const actions = useCaseActions({
    reading,
    room,
    flow,
    isReadOnly: sitting.isReadOnly,
    shownNow,
    onClose,
    onIssueAt: setIssuePlace,
  });
  const commands = useMemo(
    () => [
      ...asking.commands,
      ...comments.commands,
      ...hunt.commands,
      ...labelCommands(schema),
      ...flowCommands(reading, actions, unitAccept(reading, series)),
      rejectCommand(reading, series),
      ...markCommands(schema),
      ...paintCommands(schema, own),
      ...suggested,
      ...promptCommands(schema),
      ...navigationCommands(),
      ...stackCommands({
        frameCount: frames.length,
        seriesIndex,
        seriesCount: all.length,
        showSeries: (index) => show(active, all[index]?.series_uid ?? ''),
        windows: frames[0] ? windowChoices(frames[0], windows) : [],
      }),
      ...layoutCommands(frames[0]),
      ...earlierCommands(earlier),
      ...hangingCommands,
      ...seriesCommands(all, cells[active]),
      ...secondWindow,
      clinicalText,
      ...screenCommands(),
      ...lookHereCommands(doubts, frames),
      ...words.commands,
    ],
    [
      schema,
      reading,
      actions,
      asking.commands,
      comments.commands,
      hunt.commands,
      suggested,
      own,
      series,
      frames,
      seriesIndex,
      all,
      earlier,
      hangingCommands,
      secondWindow,
      clinicalText,
      windows,
      words.commands,
      doubts,
      active,
      cells,
      show,
    ],
  );
  useCommands('reading', commands);

  const notice = (
    <CaseNotice
      reading={reading}
      sitting={sitting}
      room={room}
      flow={flow}
      issuePlace={issuePlace}
      series={series}
      comments={comments}
      hunt={hunt.notice}
    />
  );

  return (
    <div
      className={styles.room}
      style={words.style}
      data-tools={areToolsShown}
      data-panel={isPanelShown}
      data-guide={isGuideShown}
    >
      <TopBar reading={reading} save={sitting.save} kept={sitting.kept} actions={actions} />
      {areToolsShown && <ToolColumn commands={commands} />}
      {study.isError ? (
        <NotLoaded study={study} />
      ) : (
        <ImagePane
          schema={schema}
          series={series}
          earlier={earlier}
          heat={heat}
          doubts={doubts}
          pins={comments.pins}
          onPin={comments.open}
          onReady={noteReady}
        />
      )}
      {isGuideShown && (
        <GuidePanel
          reading={reading}
          canEdit={canEdit}
          shownNow={sitting.isReadOnly && own.length > 0 ? shownNow : null}
        />
      )}
      {isPanelShown && (
        <SidePanel
          reading={reading}
          frames={frames}
          heat={heat}
          actions={actions}
          isSubmitting={flow.isRevealing || isSubmitLate}
          isStrict={flow.isStrict}
          isAnswerMissing={flow.isStrict && isAnswerMissing(items, schema)}
          notice={notice}
          commands={commands}
          onShow={showPlace}
          asking={asking}
          comments={comments}
          series={series}
          all={all}
        />
      )}
      {areTagsShown && (
        <TagsPanel
          studyId={reading.study.id}
          frames={frames}
          onClose={() => useReading.getState().arrange({ areTagsShown: false })}
        />
      )}
    </div>
  );
}

const NO_FRAMES: readonly Frame[] = [];
