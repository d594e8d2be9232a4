/** What leads away from the case on screen, and what may be asked before it does. */
import { useMemo } from 'react';
import type { CommentPlace } from '../../api/comments';
import type { ReadingCase } from '../../api/reading';
import type { CaseActions } from './caseCommands';
import { leavesPromptsOpen } from './prompting';
import { leavesEditOpen } from './stackEditing';
import { useReading } from './store';
import { placeHere } from './useComments';
import type { Flow } from './useFlow';
import type { RoomActions } from './useRoom';
import type { ShownNow } from './useShownNow';

interface Situation {
  readonly reading: ReadingCase;
  readonly room: RoomActions;
  readonly flow: Flow;
  readonly isReadOnly: boolean;
  /** Asks for the image on screen, where it is one of this study. */
  readonly shownNow: ShownNow;
  readonly onClose: () => void;
  readonly onIssueAt: (place: CommentPlace | null) => void;
}

export function useCaseActions(now: Situation): CaseActions {
  const { reading, room, flow, isReadOnly, shownNow, onClose, onIssueAt } = now;
  return useMemo(
    () => ({
      submit: () => {
        if (!leavesPromptsOpen() && !leavesEditOpen()) flow.submit();
      },
      openSkip: flow.openSkip,
      openIssue() {
        onIssueAt(placeHere(shownNow()));
        useReading.getState().arrange({ isPanelShown: true });
        flow.openIssue();
      },
      openExclude: reading.label_schema.exclusion_reasons.length > 0 ? flow.openExclude : null,
      back: () => void flow.settle().then(room.back),
      correct: isToTakeBack(reading.read) ? () => room.reopen(reading.read.id) : null,
      close: () => void flow.leave().finally(onClose),
      isReadOnly,
    }),
    [flow, room, reading, onClose, isReadOnly, shownNow, onIssueAt],
  );
}

const isToTakeBack = ({ state, is_mine }: ReadingCase['read']): boolean =>
  is_mine && (state === 'submitted' || state === 'issue');
