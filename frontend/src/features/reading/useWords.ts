/** The size of the words around the image, for screens that stand far away; kept with the account. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type CSSProperties, useMemo } from 'react';
import { saveMe, sessionQuery, useSession } from '../../api/access';
import type { Command } from '../../commands/registry';
import { t } from '../../words/t';

/** In percent of the usual size. */
const SIZES = [100, 115, 130, 150, 175, 200];

export interface Words {
  readonly style: CSSProperties;
  readonly commands: readonly Command[];
}

export function useWords(): Words {
  const client = useQueryClient();
  const saved = useSession().user.preferences.reading_scale ?? 100;
  const { mutate, variables, isPending } = useMutation({
    mutationFn: (reading_scale: number) => saveMe({ preferences: { reading_scale } }),
    onSuccess: () => client.invalidateQueries({ queryKey: sessionQuery.queryKey }),
  });
  const size = isPending ? variables : saved;
  return useMemo(() => {
    const change = (
      id: string,
      title: string,
      shortcut: string,
      to: number | undefined,
    ): Command => ({
      id: `screen.${id}`,
      title,
      section: t('Screen'),
      shortcut,
      isEnabled: () => to !== undefined,
      run: () => {
        if (to !== undefined) mutate(to);
      },
    });
    return {
      style: { '--words': size / 100 } as CSSProperties,
      commands: [
        change(
          'larger',
          t('Larger words'),
          'alt+=',
          SIZES.find((one) => one > size),
        ),
        change(
          'smaller',
          t('Smaller words'),
          'alt+-',
          SIZES.findLast((one) => one < size),
        ),
      ],
    };
  }, [size, mutate]);
}
