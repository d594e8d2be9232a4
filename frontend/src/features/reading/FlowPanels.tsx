/** What is asked before a case leaves the reader another way than by submitting it. */
import type { CommentPlace } from '../../api/comments';
import type { LabelSchema } from '../../api/projects';
import { ExcludePanel } from './ExcludePanel';
import { IssuePanel } from './IssuePanel';
import { SkipPanel } from './SkipPanel';
import type { Flow } from './useFlow';

interface FlowPanelsProps {
  readonly flow: Flow;
  readonly schema: LabelSchema;
  readonly issuePlace: CommentPlace | null;
  readonly aboutText: (place: CommentPlace) => string;
}

export function FlowPanels({ flow, schema, issuePlace, aboutText }: FlowPanelsProps) {
  return (
    <>
      {flow.isAsking && (
        <IssuePanel
          place={issuePlace}
          aboutText={aboutText}
          onAsk={flow.ask}
          onCancel={flow.closePanels}
        />
      )}
      {flow.isExcluding && (
        <ExcludePanel schema={schema} onExclude={flow.exclude} onCancel={flow.closePanels} />
      )}
      {flow.isSkipping && <SkipPanel onSkip={flow.skip} onCancel={flow.closePanels} />}
    </>
  );
}
