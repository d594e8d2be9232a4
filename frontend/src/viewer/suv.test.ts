import { describe, expect, test } from 'vitest';
import shared from '../../../tests/dicom/suv_cases.json';
import type { DicomElement, DicomObject } from './dicomJson';
import { unitOf } from './frameFacts';
import { shownStatistics, shownUnit, shownValues } from './shownValues';
import { suvFactorOf } from './suv';

/** Attributes that are changed; null removes one. */
type Changes = Readonly<Record<string, DicomElement | null>>;

interface Case {
  readonly says: string;
  readonly factor: number | null;
  readonly image?: Changes;
  readonly injection?: Changes;
  readonly mappings?: readonly Changes[];
}

const changed = (object: DicomObject, changes: Changes = {}): DicomObject =>
  Object.fromEntries(
    Object.entries({ ...object, ...changes }).flatMap(([tag, one]) => (one ? [[tag, one]] : [])),
  );

const made = ({ image, injection, mappings = [] }: Partial<Case>): DicomObject => {
  const injections = { Value: [changed(shared.injection, injection)] };
  const found = { Value: mappings.map((one) => changed(shared.mapping, one)) };
  return changed({ ...shared.image, '00540016': injections, '00409096': found }, image);
};

const of = (value: string | number) => ({ Value: [value] });

describe('SUV by body weight', () => {
  // the server works by the same cases
  test.each(shared.cases as unknown as Case[])('of $says', (one) => {
    const factor = suvFactorOf(made(one));
    if (one.factor === null) expect(factor).toBeNull();
    else expect((factor ?? 0) / one.factor).toBeCloseTo(1, 9);
  });

  test('of 5,000 Bq/ml of 400 MBq fluorine-18 in 80 kg, an hour later', () => {
    const factor = suvFactorOf(made({ injection: { '00181075': of(6586.2) } }));
    expect(5000 * (factor ?? 0)).toBeCloseTo(1.46, 2);
  });

  test('is the same for all images of a series, whatever their slopes', () => {
    const factors = [0.1, 0.3, 1.7, 0.123456].map((step) =>
      suvFactorOf(
        made({
          image: { '00101030': null, '00281053': of(step) },
          mappings: [{ '00409225': of(step * 0.0003217) }],
        }),
      ),
    );
    expect(new Set(factors)).toEqual(new Set([0.0003217]));
  });

  test('is what values and statistics are shown in; without it they are in becquerel', () => {
    const known = { suvFactor: 0.0002, valueUnit: 'Bq/ml' };
    const found = { count: 4, mean: 10_000, deviation: 500, min: 9000, max: 11_000 };
    expect(shownUnit(known)).toBe('SUVbw');
    expect(shownValues(known, [10_000])[0]).toBeCloseTo(2, 12);
    expect(shownStatistics(known, found)?.max).toBeCloseTo(2.2, 12);
    expect(shownStatistics(known, found)?.count).toBe(4);
    const unknown = { suvFactor: null, valueUnit: unitOf(made({}), 'PT') };
    expect(shownUnit(unknown)).toBe('Bq/ml');
    expect(shownStatistics(unknown, found)).toBe(found);
  });
});
