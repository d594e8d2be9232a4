/** Cases being taken: a page that mounts twice must not take two, and one may be taken ahead. */
import { askAhead, studyMetadata } from '../../api/ahead';
import type { ReadingCase } from '../../api/reading';
import { claimNext, openRead } from './calls';
import { drafts } from './draftStore';

/** A case as the server answered it. */
export interface Asked {
  readonly reading: ReadingCase;
  /** Work of it lay on this computer when the server was asked: since then it may have arrived. */
  readonly hadWorkHere: boolean;
}

async function notingWork(ask: () => Promise<ReadingCase>): Promise<Asked> {
  const kept = await drafts.readIds().catch(() => new Set<string>());
  const reading = await ask();
  return { reading, hadWorkHere: kept.has(reading.read.id) };
}

/** Claims under way by project. */
const claims = new Map<string, Promise<Asked>>();

export function claimOnce(projectId: string): Promise<Asked> {
  const claim =
    claims.get(projectId) ??
    notingWork(() => claimNext(projectId)).finally(() => claims.delete(projectId));
  claims.set(projectId, claim);
  return claim;
}

interface Ahead {
  readonly projectId: string;
  readonly readId: string | null;
  readonly asked: Promise<Asked>;
}

let ahead: Ahead | null = null;

/** Takes a case, and asks what its study holds, while the code of the room is on its way. */
export function takeAhead(projectId: string, readId: string | null): Promise<Asked> {
  const asked = readId === null ? claimOnce(projectId) : notingWork(() => openRead(readId));
  ahead = { projectId, readId, asked };
  asked.then(
    ({ reading: { study } }) => askAhead(...studyMetadata(projectId, study.study_uid)),
    // The room is told when it takes the case.
    () => undefined,
  );
  return asked;
}

/** The case to open: the one taken ahead, once; else the read asked for, or the next one. */
export function wanted(projectId: string, readId: string | null): string | Promise<Asked> {
  const taken = ahead;
  ahead = null;
  if (taken?.projectId === projectId && taken.readId === readId) return taken.asked;
  return readId ?? claimOnce(projectId);
}
