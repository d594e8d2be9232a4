/** Opens a case with what of it lies on this computer, while no outbox of any window sends it. */
import type { ReadingCase } from '../../api/reading';
import { openRead } from './calls';
import { takeCase } from './caseLock';
import type { Asked } from './claims';
import { type Draft, draftOf, withLocal } from './draft';
import { type DraftStore, drafts } from './draftStore';

export interface Opened {
  readonly reading: ReadingCase;
  readonly draft: Draft;
  /** Ends the hold on the case; to be called once someone else holds it, or nobody wants it. */
  readonly letGo: () => void;
}

interface Sources {
  readonly open: (readId: string) => Promise<ReadingCase>;
  readonly drafts: Pick<DraftStore, 'load'>;
}

/**
 * The case of a read, or one asked for already. What an outbox sends of it before the case is
 * held is on the server and no longer here; so the server is asked while it is held, and a case
 * that was answered before is asked for again where work of it may have been on its way.
 */
export async function openCase(
  userId: string,
  asked: string | Promise<Asked>,
  sources: Sources = { open: openRead, drafts },
): Promise<Opened> {
  const load = (readId: string) => sources.drafts.load(userId, readId).catch(() => null);
  const answered = typeof asked === 'string' ? null : await asked;
  const readId = answered?.reading.read.id ?? String(asked);
  const isCurrent = answered && isUntouched(answered) && (await load(readId)) === null;
  const letGo = await takeCase(readId);
  try {
    const reading = isCurrent ? answered.reading : await sources.open(readId);
    const draft = withLocal(draftOf(reading.annotations), await load(readId));
    return { reading, draft, letGo };
  } catch (error) {
    letGo();
    throw error;
  }
}

const isUntouched = ({ reading: { read, annotations }, hadWorkHere }: Asked): boolean =>
  !hadWorkHere && read.state === 'claimed' && annotations.length === 0;
