/** The server's event stream: what changed is asked for again, nothing else. */
import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';

/** The parts of a project's server state each topic makes stale. */
const STALE: Record<string, readonly string[]> = {
  job: ['jobs'],
  study: ['studies', 'worklist', 'learning'],
  received_file: ['files'],
  task: ['worklist', 'tasks', 'progress', 'learning'],
  read: ['worklist', 'tasks', 'progress', 'reviews', 'agreement', 'learning'],
  round: ['learning', 'worklist', 'tasks'],
  dataset: ['datasets'],
  export: ['datasets'],
  member: ['members'],
  project: ['detail', 'label-schema'],
};

export const TOPICS = Object.keys(STALE);

const SETTLE_MS = 300;

/** Marks stale what these topics speak of, in one project. */
export function invalidateTopics(
  client: QueryClient,
  projectId: string,
  topics: Iterable<string>,
): void {
  const parts = new Set([...topics].flatMap((topic) => STALE[topic] ?? []));
  for (const part of parts) {
    void client.invalidateQueries({ queryKey: ['project', projectId, part] });
  }
}

/** Keeps a project's pages fresh; a storm of events becomes one round of questions. */
export function useProjectEvents(projectId: string | null): void {
  const client = useQueryClient();
  useEffect(() => {
    if (!projectId || !('EventSource' in window)) return;
    const source = new EventSource(`/api/events?project_id=${encodeURIComponent(projectId)}`);
    const waiting = new Set<string>();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const settle = () => {
      timer = undefined;
      invalidateTopics(client, projectId, waiting);
      waiting.clear();
    };
    // What happened before the stream stood, or while it was broken, was told to nobody.
    source.addEventListener('open', () => invalidateTopics(client, projectId, TOPICS));
    for (const topic of TOPICS) {
      source.addEventListener(topic, () => {
        waiting.add(topic);
        timer ??= setTimeout(settle, SETTLE_MS);
      });
    }
    return () => {
      clearTimeout(timer);
      source.close();
    };
  }, [client, projectId]);
}
