/** Calls across the border, in virtual time, with a gateway behind it: by the link within a process and over sockets. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { BorderStage, type Joint } from './border-stage.ts';

for (const joint of ['link', 'sockets'] as const satisfies readonly Joint[]) {
  describe(`across the border (${joint})`, () => {
    test('a client registers, and is called by its desk number', async () => {
      const stage = new BorderStage({ joint });
      const anna = stage.client('ufip-anna');
      const ben = stage.world.deskPhone('4021');
      await stage.register(anna, ben);
      const { out, in: incoming } = await stage.connect(ben, '4020', anna);
      assert.match(incoming.media.remote ?? '', /UDP\/TLS\/RTP\/SAVPF/);
      assert.match(out.media.remote ?? '', /c=IN IP4 10\.0\.0\.2/);
      await stage.hangUp(ben, out);
      assert.equal(incoming.state, 'ended');
      await stage.assertQuiet();
    });
  });
}
