/** A page that broke while it was shown; the rest of the application stays. */
import { type ErrorComponentProps, useRouter } from '@tanstack/react-router';
import { problemText } from '../ui/Loaded';
import { ProblemPanel } from '../ui/ProblemPanel';

export function PageFailed({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const again = () => {
    reset();
    void router.invalidate();
  };
  return (
    <div style={{ padding: 16 }}>
      <ProblemPanel problem={problemText(error)} onRetry={again} />
    </div>
  );
}
