// A back-to-back user agent: every call to it goes on to one phone. `node packages/sip/examples/b2bua.ts 5071 127.0.0.1:5072`
import { callThrough, openUserAgent } from '../src/index.ts';

const [port = '5071', phone = '127.0.0.1:5072'] = process.argv.slice(2);
export const { ua, transport, close } = await openUserAgent({
  points: [
    { transport: 'udp', address: '127.0.0.1', port: Number(port) },
    { transport: 'tcp', address: '127.0.0.1', port: Number(port) },
  ],
  handler: { onInvite: (invite) => callThrough(ua, invite, `sip:${phone}`) },
});
