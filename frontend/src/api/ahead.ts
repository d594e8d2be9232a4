/** Answers asked for before the code that reads them is there; each is taken once. */

const asked = new Map<string, Promise<Response>>();

/** Asks for what will be wanted; that it fails is told to whoever takes it. */
export function askAhead(address: string, options: RequestInit): void {
  const answer = fetch(address, options);
  answer.catch(() => undefined);
  asked.set(address, answer);
}

/** The answer asked for ahead, else a new one. */
export function fetchOnce(address: string, options: RequestInit): Promise<Response> {
  const known = asked.get(address);
  asked.delete(address);
  return known ?? fetch(address, options);
}

/** What a study holds, as the project's own DICOMweb service tells it. */
export const studyMetadata = (projectId: string, studyUid: string) =>
  [
    `/dicomweb/${encodeURIComponent(projectId)}/studies/${encodeURIComponent(studyUid)}/metadata`,
    { headers: { Accept: 'application/dicom+json' }, credentials: 'same-origin' },
  ] as const;
