/** What keeping a case saved needs from around it. */
import type { Annotation, AnnotationSave, SubmitReply } from '../../api/reading';
import type { SubmitBody } from './calls';
import type { DraftStore } from './draftStore';
import type { Items } from './items';
import type { Kept, SaveState } from './saveState';

export interface AutosaveParts {
  readonly userId: string;
  readonly projectId: string;
  readonly readId: string;
  readonly fence: number;
  readonly save: (body: AnnotationSave, key: string) => Promise<Annotation>;
  readonly submit: (body: SubmitBody, key: string) => Promise<SubmitReply>;
  readonly drafts: DraftStore;
  readonly activeMs: () => number;
  readonly newKey: () => string;
  readonly now: () => number;
  readonly onState: (state: SaveState, kept: Kept) => void;
  /** The work changed from outside: someone else's revisions were taken over. */
  readonly onItems: (items: Items) => void;
  readonly onSubmitted: (reply: SubmitReply) => void;
}
