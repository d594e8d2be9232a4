/** How many cases with unsent work lie on this computer; whose they are is not said. */
import { useEffect, useState } from 'react';
import { t } from '../../words/t';
import { isOwing } from './draft';
import { drafts } from './draftStore';

export function KeptHere() {
  const [count, setCount] = useState<number | null>(null);
  useEffect(() => {
    drafts.count(isOwing).then(setCount, () => setCount(null));
  }, []);
  if (count === null) return null;
  if (count === 0) return <>{t('Nothing on this computer waits to be sent.')}</>;
  return (
    <>
      {t(
        '{count, plural, one {One case with work that is not on the server yet is} other {# cases with work that is not on the server yet are}} kept on this computer. It is sent by itself once the server can be reached; you can close this window.',
        { count },
      )}
    </>
  );
}
