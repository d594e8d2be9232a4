/** How a table and its pictures are meant, and what of that the server is told. */
import type { PictureCheck, PictureColumns, PicturesIn } from '../../../api/pictures';
import { t } from '../../../words/t';
import type { PickedPictures } from './picked';

export interface PicturesForm {
  /** Null: guessed by the server. */
  columns: PictureColumns | null;
  hidesLabels: boolean;
  modality: string;
  bodyPart: string;
}

export const ASSUMED: PicturesForm = {
  columns: null,
  hidesLabels: true,
  modality: '',
  bodyPart: '',
};

export const MEANINGS: { name: keyof PictureColumns; label: string }[] = [
  { name: 'path', label: t('File name') },
  { name: 'label', label: t('Label') },
  { name: 'patient', label: t('Patient') },
  { name: 'split', label: t('Split') },
  { name: 'site', label: t('Site') },
  { name: 'sex', label: t('Sex') },
  { name: 'age', label: t('Age') },
];

export async function bodyOf(
  picked: PickedPictures,
  { columns, hidesLabels, modality, bodyPart }: PicturesForm,
): Promise<PicturesIn> {
  const code = (text: string) => text.trim().toUpperCase() || null;
  return {
    table: (await picked.table?.file.text()) ?? '',
    file_names: picked.pictures.map(({ name }) => name),
    columns,
    hide_labels: hidesLabels,
    modality: code(modality),
    body_part: code(bodyPart),
  };
}

/** Whether anything can be brought in as it is meant now. */
export function isUsable(check: PictureCheck): boolean {
  return !check.problem && check.unknown_labels.length === 0 && check.picture_count > 0;
}

/** What would come of it, line by line. */
export function outcomeOf(check: PictureCheck): string[] {
  const lines = [
    t(
      '{count, plural, one {# picture} other {# pictures}} of {patientCount, plural, one {# patient} other {# patients}}',
      { count: check.picture_count, patientCount: check.patient_count },
    ),
    check.holdout_count > 0 &&
      t('{count, plural, one {# patient goes} other {# patients go}} into the hold-out', {
        count: check.holdout_count,
      }),
    check.missing_count > 0 &&
      t('{count, plural, one {# row names a picture} other {# rows name pictures}} not chosen', {
        count: check.missing_count,
      }),
    check.unused_count > 0 &&
      t(
        '{count, plural, one {# picture has} other {# pictures have}} no row and will be left out',
        {
          count: check.unused_count,
        },
      ),
    check.makes_labels && t('The project has no labels yet and gets those of the table'),
  ];
  return lines.filter((line) => typeof line === 'string');
}
