/** The filter of a pull as its form has it, and as the server asks for it. */
import type { Wanted } from '../../../api/pulls';

export interface WantedForm {
  modality: string;
  date_from: string;
  date_to: string;
  patient_id: string;
  patient_name: string;
  accession_number: string;
  study_description: string;
  limit: number;
}

export const EVERYTHING: WantedForm = {
  modality: '',
  date_from: '',
  date_to: '',
  patient_id: '',
  patient_name: '',
  accession_number: '',
  study_description: '',
  limit: 100,
};

/** What stays empty matches everything, so it is not asked for. */
export function wantedOf(form: WantedForm): Wanted {
  const { limit, ...texts } = form;
  const given = Object.entries(texts)
    .map(([name, text]) => [name, text.trim()] as const)
    .filter(([, text]) => text !== '');
  const wanted: Wanted = { limit, ...Object.fromEntries(given) };
  return wanted.modality ? { ...wanted, modality: wanted.modality.toUpperCase() } : wanted;
}
