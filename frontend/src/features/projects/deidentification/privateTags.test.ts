import { expect, test } from 'vitest';
import { privateFromText, privateToText } from './privateTags';

test('private attributes are written one a line and read back', () => {
  const tags = [
    { tag: '0043xx39', creator: 'GEMS_PARM_01' },
    { tag: '0019xx0C', creator: 'SIEMENS MR HEADER' },
  ];
  expect(privateFromText(privateToText(tags))).toEqual(tags);
  expect(privateFromText('(0043,xx39) GEMS_PARM_01\n\n')).toEqual(tags.slice(0, 1));
});

test('what is no private attribute is no list', () => {
  for (const text of ['0042xx39 ACME', '0043xx39', '0043,1039 ACME', 'PatientName']) {
    expect(privateFromText(text)).toBeNull();
  }
  expect(privateFromText('')).toEqual([]);
});
