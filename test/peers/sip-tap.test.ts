import assert from 'node:assert/strict';
import { test } from 'node:test';
import { requirePeer } from './find.ts';
import { startKamailio } from './kamailio.ts';
import { plainSdp, sipRequest, startSipTap } from './sip-tap.ts';
import { headerOf } from './sip-trace.ts';

test('two taps set up a call through Kamailio by hand', async (t) => {
  if (!requirePeer(t, 'kamailio')) return;
  const [caller, callee] = [await startSipTap(), await startSipTap()];
  const kamailio = await startKamailio({ role: 'proxy', destination: `127.0.0.1:${callee.port}` });
  t.after(() => Promise.all([caller.close(), callee.close(), kamailio.close()]));
  const uri = `sip:4021@127.0.0.1:${kamailio.port}`;
  const party = { uri, from: '<sip:4020@127.0.0.1>;tag=a', to: `<${uri}>`, tap: caller };
  caller.send(sipRequest({ method: 'INVITE', ...party, sdp: plainSdp() }), kamailio.port);
  const invite = await callee.waitFor(/^INVITE/);
  callee.reply(invite, '180 Ringing');
  await caller.waitFor(/^SIP\/2.0 180/);
  callee.reply(invite, '200 OK', { sdp: plainSdp() });
  const answer = await caller.waitFor(/^SIP\/2.0 200/);
  assert.match(headerOf(answer.text, 'To') ?? '', /tag=/);
  assert.equal(callee.containing('sip:4020@').length, 1);
  assert.equal(callee.containing('sip:4711@').length, 0);
});
