/** How long ago; the exact time shows on hover. */
import { useEffect, useState } from 'react';
import { formatExact, formatRelative } from './format';

const REFRESH_MS = 20_000;

export function RelativeTime({ at, otherwise = '–' }: { at: string | null; otherwise?: string }) {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), REFRESH_MS);
    return () => clearInterval(timer);
  }, []);
  if (!at) return <span>{otherwise}</span>;
  return (
    <time dateTime={at} title={formatExact(at)}>
      {formatRelative(at, Math.max(now, Date.now()))}
    </time>
  );
}
