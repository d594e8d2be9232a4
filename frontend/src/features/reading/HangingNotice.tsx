/** Says that a hanging protocol was kept, and for whom, or why it was not. */
import { create } from 'zustand';
import type { Owner } from '../../api/hanging';
import { asProblem, type Problem } from '../../api/problem';
import { ProblemPanel } from '../../ui/ProblemPanel';
import { t } from '../../words/t';
import styles from './Panel.module.css';
import { useReading } from './store';

interface Kept {
  readonly owner: Owner | null;
  readonly problem: Problem | null;
}

const NOTHING: Kept = { owner: null, problem: null };

const useKept = create<Kept>()(() => NOTHING);

/** What was said of one case is not said of the next. */
export const forgetKept = (): void => useKept.setState(NOTHING);

/** Shows in the panel how keeping a protocol ended. */
export async function tellKept(owner: Owner, keeping: Promise<unknown>): Promise<void> {
  forgetKept();
  try {
    await keeping;
    useKept.setState({ owner });
  } catch (error) {
    useKept.setState({ problem: asProblem(error) });
    useReading.getState().arrange({ isPanelShown: true });
  }
}

export function HangingNotice() {
  const { owner, problem } = useKept();
  if (problem) return <ProblemPanel problem={problem} />;
  if (owner === null) return null;
  return (
    <section className={styles.told} role="status">
      <b>
        {owner === 'me'
          ? t('Kept: cases like this hang so for you')
          : t('Kept: cases like this hang so for everyone')}
      </b>
      <p className={styles.plain}>
        {owner === 'me'
          ? t('Your account lists your hanging protocols, to order or delete them.')
          : t("The project's rules list its hanging protocols, to order or delete them.")}
      </p>
    </section>
  );
}
