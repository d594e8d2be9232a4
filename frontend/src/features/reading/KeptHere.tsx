/** How many cases with unsent work lie on this computer; whose they are is not said. */
import { useEffect, useState } from 'react';
import { isOwing } from './draft';
import { drafts } from './draftStore';

export function KeptHere() {
  const [count, setCount] = useState<number | null>(null);
  useEffect(() => {
    drafts.count(isOwing).then(setCount, () => setCount(null));
  }, []);
  if (count === null) return null;
  if (count === 0) return <>Nothing on this computer waits to be sent.</>;
  return (
    <>
      {count === 1 ? 'One case' : `${count} cases`} with work that is not on the server yet{' '}
      {count === 1 ? 'is' : 'are'} kept on this computer. It is sent by itself once the server can
      be reached; you can close this window.
    </>
  );
}
