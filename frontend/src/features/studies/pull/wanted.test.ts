import { expect, test } from 'vitest';
import { EVERYTHING, wantedOf } from './wanted';

test('what stays empty is not asked for', () => {
  expect(wantedOf(EVERYTHING)).toEqual({ limit: 100 });
  expect(wantedOf({ ...EVERYTHING, patient_name: '  Fin* ', date_from: '2024-01-05' })).toEqual({
    limit: 100,
    patient_name: 'Fin*',
    date_from: '2024-01-05',
  });
});

test('modalities are written in capitals', () => {
  expect(wantedOf({ ...EVERYTHING, modality: 'ct' }).modality).toBe('CT');
});
