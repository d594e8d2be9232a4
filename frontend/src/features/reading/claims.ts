/** Cases being taken: a page that mounts twice must not take two, and one may be taken ahead. */
import { askAhead, studyMetadata } from '../../api/ahead';
import type { ReadingCase } from '../../api/reading';
import { claimNext, openRead } from './calls';

/** Claims under way by project. */
const claims = new Map<string, Promise<ReadingCase>>();

export function claimOnce(projectId: string): Promise<ReadingCase> {
  const claim =
    claims.get(projectId) ?? claimNext(projectId).finally(() => claims.delete(projectId));
  claims.set(projectId, claim);
  return claim;
}

interface Ahead {
  readonly projectId: string;
  readonly readId: string | null;
  readonly reading: Promise<ReadingCase>;
}

let ahead: Ahead | null = null;

/** Takes a case, and asks what its study holds, while the code of the room is on its way. */
export function takeAhead(projectId: string, readId: string | null): void {
  const reading = readId === null ? claimOnce(projectId) : openRead(readId);
  ahead = { projectId, readId, reading };
  reading.then(
    ({ study }) => askAhead(...studyMetadata(projectId, study.study_uid)),
    // The room is told when it takes the case.
    () => undefined,
  );
}

/** The case to open: the one taken ahead, once; else the read asked for, or the next one. */
export function wanted(projectId: string, readId: string | null): string | Promise<ReadingCase> {
  const taken = ahead;
  ahead = null;
  if (taken?.projectId === projectId && taken.readId === readId) return taken.reading;
  return readId ?? claimOnce(projectId);
}
