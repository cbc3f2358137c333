import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Baresip, requirePeer, startBaresip } from '../peers/index.ts';
import { callRecords, startUnisono, type Unisono } from './unisono.ts';

describe('two baresip desk phones', () => {
  let system: Unisono;
  before(async () => {
    system = await startUnisono();
  });
  after(() => system?.close());

  for (const transport of ['udp', 'tcp', 'tls'] as const) {
    test(`register and talk over ${transport}: 440 Hz goes one way, 880 Hz the other`, async (t) => {
      if (!requirePeer(t, 'baresip')) return;
      const phones: Baresip[] = [];
      t.after(() => Promise.all(phones.map((phone) => phone.close())));
      const caFile = system.caFile;
      const anna = await startBaresip({ account: system.desk('4020', transport), audio: { sineHz: 440 }, caFile });
      phones.push(anna);
      const ben = await startBaresip({
        account: { ...system.desk('4021', transport), answerMode: 'auto' },
        audio: { sineHz: 880 },
        caFile,
      });
      phones.push(ben);
      await Promise.all([anna.waitForRegistration(), ben.waitForRegistration()]);
      await anna.dial('4021');
      await anna.waitForEvent('CALL_ESTABLISHED');
      await Promise.all([anna.waitForTone(880), ben.waitForTone(440)]);
      await anna.hangup();
      await ben.waitForEvent('CALL_CLOSED');
      const records = await callRecords(system);
      assert.equal(records[0]?.result, 'answered');
    });
  }
});
