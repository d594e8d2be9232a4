/** Whether something has lasted so long that a person should be told that it is waited for. */
import { useEffect, useState } from 'react';

/** Milliseconds; what is done sooner would only flicker, and drawing it takes time from the work. */
const LATE_MS = 300;

export function useLate(isGoingOn: boolean): boolean {
  const [isLate, setLate] = useState(false);
  useEffect(() => {
    if (!isGoingOn) return;
    const timer = setTimeout(() => setLate(true), LATE_MS);
    return () => {
      clearTimeout(timer);
      setLate(false);
    };
  }, [isGoingOn]);
  return isGoingOn && isLate;
}
