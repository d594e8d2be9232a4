/** What a read says of its study beside the answer: image quality and attributes. */
import { useQuery } from '@tanstack/react-query';
import { type Attribute, labelSchemaQuery } from '../../api/projects';
import type { ReviewRow } from '../../api/reviews';
import { t } from '../../words/t';
import styles from './Review.module.css';

const QUALITY_WORDS: Record<string, string> = {
  diagnostic: t('diagnostic'),
  limited: t('limited'),
  non_diagnostic: t('non-diagnostic'),
};

interface Props {
  projectId: string;
  row: ReviewRow;
}

export function SaidBeside({ projectId, row }: Props) {
  const { data: schema } = useQuery(labelSchemaQuery(projectId));
  const said = Object.entries(row.attributes).map(([key, value]) => {
    const attribute = schema?.attributes.find((one) => one.key === key);
    return [attribute?.name ?? key, valueText(attribute, value)] as const;
  });
  const quality = row.quality && QUALITY_WORDS[row.quality];
  const rows = quality ? [[t('Image quality'), quality] as const, ...said] : said;
  if (rows.length === 0) return null;
  return (
    <dl className={styles.said}>
      {rows.map(([name, text]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{text}</dd>
        </div>
      ))}
    </dl>
  );
}

function valueText(attribute: Attribute | undefined, value: string | number | string[]): string {
  if (typeof value === 'number') return `${value} ${attribute?.unit ?? ''}`.trim();
  const nameOf = (key: string) => attribute?.choices.find((one) => one.key === key)?.name ?? key;
  return [value].flat().map(nameOf).join(', ');
}
