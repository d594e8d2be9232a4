import { expect, test } from 'vitest';
import type { AutoAcceptEstimate, TargetEstimate } from '../../api/autoAccept';
import { missingWords } from './autoAcceptWords';

const ROW: TargetEstimate = {
  target: 0.05,
  accepted_check_count: 40,
  error_count: 0,
  bound: 0.07,
  would_accept_count: 120,
  lacking: [],
  more_reads: 38,
  is_met: false,
};
const ESTIMATE: AutoAcceptEstimate = {
  model_number: 3,
  round_number: 9,
  audit_count: 84,
  calibration_count: 42,
  check_count: 42,
  open_count: 300,
  weights_sha256: 'a1',
  drifts: [],
  targets: [ROW],
};

test('what is missing is said in reads of the control arm', () => {
  expect(missingWords(ROW, ESTIMATE)).toBe('at least 38 more control-arm reads');
});

test('the answer that most lacks calibration is named', () => {
  const lacking = [
    { key: 'viral', name: 'Viral', is_absence: false, count: 17, more: 2 },
    { key: 'rare', name: 'Rare', is_absence: true, count: 4, more: 15 },
  ];
  expect(missingWords({ ...ROW, lacking, more_reads: 212 }, ESTIMATE)).toBe(
    'at least 212 more control-arm reads; no Rare has 4 of 19 to calibrate on',
  );
});

test('too many errors are not cured by reads, and what is met lacks nothing', () => {
  const wrong = { ...ROW, error_count: 9, more_reads: null };
  expect(missingWords(wrong, ESTIMATE)).toBe(
    '9 of 40 were wrong: no number of reads would do, the model must be better',
  );
  expect(missingWords({ ...ROW, is_met: true, more_reads: 0 }, ESTIMATE)).toBe('');
});

test('a control arm unlike the pool is what is in the way where the numbers suffice', () => {
  const words = missingWords({ ...ROW, more_reads: 0 }, { ...ESTIMATE, drifts: ['sites'] });
  expect(words).toBe('The control arm comes from other sites than the pool.');
});
