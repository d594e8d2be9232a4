/** Hanging protocols of a person and of a project, and how they are kept. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import { saveMe, sessionQuery, useSession } from './access';
import { changeProject, projectQuery } from './projects';
import type { components } from './schema';

type Schemas = components['schemas'];

export type HungSeries = Schemas['HungSeries'];
export type HungOverlay = Schemas['HungOverlay'];
export type HangingStage = Schemas['HangingStage'];
export type HangingProtocol = Schemas['HangingProtocol'];

export type Owner = 'me' | 'project';

const NONE: readonly HangingProtocol[] = [];

export interface HangingLists {
  readonly me: readonly HangingProtocol[];
  readonly project: readonly HangingProtocol[];
  /** True once both are known. */
  readonly isKnown: boolean;
  readonly mayKeep: Readonly<Record<Owner, boolean>>;
  readonly keep: (owner: Owner, list: readonly HangingProtocol[]) => Promise<unknown>;
}

/** The lists that hold for whoever is signed in, and what keeps a changed one. */
export function useHangingLists(projectId: string | null): HangingLists {
  const client = useQueryClient();
  const session = useSession();
  const project = useQuery({ ...projectQuery(projectId ?? ''), enabled: projectId !== null });
  const save = useMutation({
    mutationFn: async ({ owner, list }: { owner: Owner; list: readonly HangingProtocol[] }) => {
      if (owner === 'me') {
        await saveMe({ preferences: { hanging: [...list] } });
        await client.invalidateQueries({ queryKey: sessionQuery.queryKey });
      } else if (projectId !== null) {
        const saved = await changeProject(projectId, { reading_rules: { hanging: [...list] } });
        client.setQueryData(projectQuery(projectId).queryKey, saved);
      }
    },
  });
  const glance = session.projects.find(({ id }) => id === projectId);
  const mayManage = glance?.permissions.includes('manage_project') ?? false;
  const me = session.user.preferences.hanging ?? NONE;
  const ofProject = project.data?.reading_rules.hanging ?? NONE;
  const isKnown = projectId === null || !project.isPending;
  const { mutateAsync } = save;
  return useMemo(
    () => ({
      me,
      project: ofProject,
      isKnown,
      mayKeep: { me: true, project: mayManage },
      keep: (owner, list) => mutateAsync({ owner, list }),
    }),
    [me, ofProject, isKnown, mayManage, mutateAsync],
  );
}
