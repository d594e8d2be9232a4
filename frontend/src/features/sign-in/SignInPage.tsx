/** The first page a person sees. */
import { BrandMark } from '../../ui/BrandMark';
import { t } from '../../words/t';
import { LanguageChoice } from './LanguageChoice';
import { SignInForm } from './SignInForm';
import styles from './SignInPage.module.css';

export function SignInPage({ onSignedIn }: { onSignedIn: () => void }) {
  return (
    <main className={styles.page}>
      <div className={styles.card}>
        <div className={styles.brand}>
          <BrandMark size={32} />
          <h1>Collimate</h1>
        </div>
        <p className={styles.line}>{t('Read the images that teach a model most.')}</p>
        <SignInForm onSignedIn={onSignedIn} />
        <LanguageChoice />
      </div>
    </main>
  );
}
