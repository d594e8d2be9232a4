/** What of a patient's images this project keeps, what that means, and a file to try it with. */
import { useQuery } from '@tanstack/react-query';
import { useCan } from '../../../api/access';
import { deidentificationQuery } from '../../../api/deidentification';
import { Loaded } from '../../../ui/Loaded';
import styles from '../ProjectPage.module.css';
import { LookUp } from './LookUp';
import { Options } from './Options';
import { PreviewFile } from './PreviewFile';

export function Deidentification({ projectId }: { projectId: string }) {
  const rules = useQuery(deidentificationQuery(projectId));
  const canManage = useCan(projectId, 'manage_project');
  const canPreview = useCan(projectId, 'manage_data');
  const canLookUp = useCan(projectId, 'look_up_identities');
  return (
    <div className={styles.columns}>
      <Loaded of={rules}>
        {(saved) => <Options projectId={projectId} saved={saved} canManage={canManage} />}
      </Loaded>
      <div className={styles.stack}>
        {canPreview && <PreviewFile projectId={projectId} />}
        {canLookUp && <LookUp projectId={projectId} />}
      </div>
    </div>
  );
}
