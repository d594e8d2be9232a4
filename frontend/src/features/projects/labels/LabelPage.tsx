/** The label schema of a project: designed by those who may, shown to the others. */
import { useQuery } from '@tanstack/react-query';
import { useCan } from '../../../api/access';
import { Problem } from '../../../api/client';
import { labelSchemaQuery, type Project } from '../../../api/projects';
import { EmptyState } from '../../../ui/EmptyState';
import { Loaded } from '../../../ui/Loaded';
import { t } from '../../../words/t';
import { LabelDesigner } from './LabelDesigner';
import { LabelPreview } from './LabelPreview';
import styles from './Labels.module.css';
import { draftFrom } from './labelDraft';

export function LabelPage({ project }: { project: Project }) {
  const schema = useQuery(labelSchemaQuery(project.id));
  const canManage = useCan(project.id, 'manage_project');
  const isMissing = schema.error instanceof Problem && schema.error.status === 404;
  if (canManage && (isMissing || schema.data)) {
    return (
      <LabelDesigner projectId={project.id} schema={isMissing ? null : (schema.data ?? null)} />
    );
  }
  if (isMissing) {
    return (
      <EmptyState
        title={t('No labels yet')}
        text={t('A project admin designs the question and the marks; then reading can begin.')}
      />
    );
  }
  return (
    <Loaded of={schema}>
      {(data) => (
        <div className={styles.page}>
          <LabelPreview draft={draftFrom(data)} />
        </div>
      )}
    </Loaded>
  );
}
