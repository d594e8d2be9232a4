/** The attributes of a design: what is asked beside the labels. */
import { Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { t } from '../../../words/t';
import { AttributeCard } from './AttributeCard';
import { changed, type Flaw, moved, newAttribute } from './attributeDraft';
import styles from './Labels.module.css';
import type { SchemaDraft } from './labelDraft';

interface Props {
  draft: SchemaDraft;
  flaws: readonly Flaw[];
  onChange: (draft: SchemaDraft) => void;
}

export function AttributeRows({ draft, flaws, onChange }: Props) {
  const all = draft.attributes;
  const put = (attributes: SchemaDraft['attributes']) => onChange({ ...draft, attributes });
  return (
    <>
      <p className={styles.intro}>
        {t(
          'Asked of the case, of its series and images, or of every mark, when submitting needs more than a class or a shape.',
        )}
      </p>
      {all.map((one, index) => (
        <AttributeCard
          key={one.row}
          attribute={one}
          draft={draft}
          flaws={flaws.filter(({ row }) => row === one.row).map(({ text }) => text)}
          isFirst={index === 0}
          isLast={index === all.length - 1}
          onChange={(change) =>
            put(all.map((other) => (other.row === one.row ? changed(one, change) : other)))
          }
          onStep={(by) => put(moved(all, one.row, by))}
          onRemove={() => put(all.filter((other) => other.row !== one.row))}
        />
      ))}
      <div className={styles.actions}>
        <Button
          variant="default"
          leftSection={<IconPlus size={14} />}
          onClick={() => put([...all, newAttribute(crypto.randomUUID())])}
        >
          {t('Attribute')}
        </Button>
      </div>
    </>
  );
}
