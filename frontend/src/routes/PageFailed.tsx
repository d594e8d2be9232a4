/** A page that broke while it was shown, or that could not be had while the server is away. */
import { type ErrorComponentProps, useRouter } from '@tanstack/react-router';
import { KeptHere } from '../features/reading/KeptHere';
import { problemText } from '../ui/Loaded';
import { ProblemPanel } from '../ui/ProblemPanel';
import { isServerAway } from '../ui/problemAdvice';
import { ServerAway } from '../ui/ServerAway';

export function PageFailed({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const again = () => {
    reset();
    void router.invalidate();
  };
  const problem = problemText(error);
  if (isServerAway(problem))
    return (
      <main>
        <ServerAway kept={<KeptHere />} onRetry={again} />
      </main>
    );
  return (
    <div style={{ padding: 16 }}>
      <ProblemPanel problem={problem} onRetry={again} />
    </div>
  );
}
