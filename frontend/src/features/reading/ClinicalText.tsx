/** What is known of the study besides its images; there only where it has such a text. */
import { CommandKey } from '../../commands/CommandKey';
import { t } from '../../words/t';
import styles from './ClinicalText.module.css';
import { keepFocus } from './CommandButton';
import panel from './Panel.module.css';
import { useClinicalTextState } from './useClinicalText';

export function ClinicalText({ text }: { readonly text: string }) {
  const { isOpen, toggle } = useClinicalTextState();
  return (
    <section className={panel.section} aria-label={t('Clinical text')}>
      <button
        type="button"
        className={styles.heading}
        aria-expanded={isOpen}
        onMouseDown={keepFocus}
        onClick={toggle}
      >
        {t('Clinical text')} <CommandKey id="screen.clinicalText" />
      </button>
      {isOpen && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: long texts are scrolled by keys too
        <section className={styles.text} aria-label={t('Text of the study')} tabIndex={0}>
          {text}
        </section>
      )}
    </section>
  );
}
