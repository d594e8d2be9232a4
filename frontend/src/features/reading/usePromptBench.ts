/** Prompts and edits under way belong to the case on screen: another case begins without any. */
import { useEffect } from 'react';
import { promptOn } from './prompting';
import { giveEditUp } from './stackEditing';

export function usePromptBench(
  { id, fence }: { readonly id: string; readonly fence: number },
  isReadOnly: boolean,
): void {
  useEffect(() => {
    promptOn(isReadOnly ? null : { readId: id, fence });
    return () => {
      promptOn(null);
      giveEditUp();
    };
  }, [id, fence, isReadOnly]);
}
