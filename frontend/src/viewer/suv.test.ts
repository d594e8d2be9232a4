import { describe, expect, test } from 'vitest';
import type { DicomObject } from './dicomJson';
import { unitOf } from './frameFacts';
import { shownStatistics, shownUnit, shownValues } from './shownValues';
import { suvFactorOf } from './suv';

const of = (value: string | number) => ({ Value: [value] });

const injection = (more: DicomObject = {}): DicomObject => ({
  '00181074': of(400_000_000),
  '00181075': of(6586.2),
  '00181072': of('090000.00'),
  ...more,
});

const image = (more: DicomObject = {}, injected = injection()): DicomObject => ({
  '00080060': of('PT'),
  '00541001': of('BQML'),
  '00280051': { Value: ['NORM', 'ATTN', 'SCAT', 'DECY'] },
  '00541102': of('START'),
  '00101030': of(80),
  '00080021': of('20240301'),
  '00080031': of('100000'),
  '00080022': of('20240301'),
  '00080032': of('100230.5'),
  '00540016': { Value: [injected] },
  ...more,
});

describe('SUV by body weight', () => {
  test('takes the dose that is left when the scan starts', () => {
    const left = 400_000_000 * 2 ** (-3600 / 6586.2);
    expect(suvFactorOf(image())).toBeCloseTo(80_000 / left, 12);
    // 5,000 Bq/ml of 400 MBq in 80 kg, an hour later
    expect(5000 * (suvFactorOf(image()) ?? 0)).toBeCloseTo(1.46, 2);
    expect(suvFactorOf(image({ '00541102': of('ADMIN') }))).toBeCloseTo(0.0002, 12);
  });

  test('takes the injection with its own date, over midnight too', () => {
    const evening = injection({ '00181078': of('20240229233000+0000') });
    const night = { '00080031': of('003000'), '00080032': of('003100') };
    const left = 400_000_000 * 2 ** (-3600 / 6586.2);
    expect(suvFactorOf(image(night, evening))).toBeCloseTo(80_000 / left, 12);
    // the time alone would lie after the scan
    expect(suvFactorOf(image(night, injection({ '00181072': of('233000') })))).toBeNull();
  });

  test('is never made up where anything needed is missing or says something else', () => {
    for (const tag of [
      '00541001',
      '00280051',
      '00541102',
      '00101030',
      '00080021',
      '00080031',
      '00080022',
      '00080032',
      '00540016',
    ])
      expect(suvFactorOf(image({ [tag]: { Value: [] } })), tag).toBeNull();
    for (const tag of ['00181074', '00181075', '00181072'])
      expect(suvFactorOf(image({}, injection({ [tag]: { Value: [] } }))), tag).toBeNull();
    expect(suvFactorOf(image({ '00280051': { Value: ['DECY'] } }))).toBeNull();
    expect(suvFactorOf(image({ '00541102': of('NONE') }))).toBeNull();
    expect(suvFactorOf(image({ '00541001': of('CNTS') }))).toBeNull();
    // the series was made after the acquisition: its time is not that of the scan
    expect(suvFactorOf(image({ '00080031': of('110000') }))).toBeNull();
    expect(suvFactorOf(image({ '00540016': { Value: [injection(), injection()] } }))).toBeNull();
    expect(suvFactorOf(image({ '00080060': of('CT') }))).toBeNull();
  });

  test('is there already in images of grams per millilitre by body weight', () => {
    expect(suvFactorOf(image({ '00541001': of('GML') }))).toBe(1);
    expect(suvFactorOf(image({ '00541001': of('GML'), '00541006': of('LBM') }))).toBeNull();
  });

  test('is what values and statistics are shown in; without it they are in becquerel', () => {
    const known = { suvFactor: 0.0002, valueUnit: 'Bq/ml' };
    const found = { count: 4, mean: 10_000, deviation: 500, min: 9000, max: 11_000 };
    expect(shownUnit(known)).toBe('SUVbw');
    expect(shownValues(known, [10_000])[0]).toBeCloseTo(2, 12);
    expect(shownStatistics(known, found)?.max).toBeCloseTo(2.2, 12);
    expect(shownStatistics(known, found)?.count).toBe(4);
    const unknown = { suvFactor: null, valueUnit: unitOf(image(), 'PT') };
    expect(shownUnit(unknown)).toBe('Bq/ml');
    expect(shownStatistics(unknown, found)).toBe(found);
  });
});
