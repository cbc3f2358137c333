import assert from 'node:assert/strict';
import { test } from 'node:test';
import { telephonyFields } from '../../apps/phone/src/browser/headset-fields.ts';

const TELEPHONY = 0x0b;
const usage = (id: number): number => (TELEPHONY << 16) | id;

test('keys are found at their bits, fillers and other collections left out', () => {
  const fields = telephonyFields({
    collections: [
      {
        usagePage: 0x0c,
        inputReports: [{ reportId: 1, items: [{ usages: [0x0c00e9], reportSize: 1, reportCount: 1 }] }],
      },
      {
        usagePage: TELEPHONY,
        inputReports: [
          {
            reportId: 2,
            items: [
              { usages: [usage(0x20), usage(0x2f)], reportSize: 1, reportCount: 2 },
              { reportSize: 1, reportCount: 6 },
              { usages: [usage(0x07)], reportSize: 1, reportCount: 1 },
            ],
          },
        ],
      },
    ],
  });
  assert.deepEqual(fields, [
    { reportId: 2, bit: 0, usage: 0x20 },
    { reportId: 2, bit: 1, usage: 0x2f },
    { reportId: 2, bit: 8, usage: 0x07 },
  ]);
});
