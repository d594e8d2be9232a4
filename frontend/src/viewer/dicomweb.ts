/** Reads what a study holds from the answer of the project's own DICOMweb service. */
import type { DicomObject } from './dicomJson';
import { type Series, seriesOf } from './frames';

/** A study's description could not be had; `status` is the answer's, 0 when none came. */
export class StudyNotLoaded extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`study metadata answered ${status}`); // not shown
    this.status = status;
  }
}

/** The series of a study, frames in reading order. Raises: StudyNotLoaded. */
export async function loadSeries(projectId: string, asked: Promise<Response>): Promise<Series[]> {
  const answer = await asked.catch((error: unknown) => {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new StudyNotLoaded(0);
  });
  if (!answer.ok) throw new StudyNotLoaded(answer.status);
  const objects: unknown = await answer.json();
  return seriesOf(projectId, Array.isArray(objects) ? (objects as DicomObject[]) : []);
}
