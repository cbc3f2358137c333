/*
 * A tone goes from a player to an echo and back over real sockets on this machine:  node examples/tone-through-echo.ts
 */
import { AudioClip, createEcho, createPlayer, MediaHost, SystemMediaClock, UdpRtpSockets } from '@unisono/media';

const host = new MediaHost({
  sockets: new UdpRtpSockets(),
  clock: new SystemMediaClock(),
  random: { int: (bound) => Math.floor(Math.random() * bound) },
  bindAddress: '127.0.0.1',
  ports: { min: 50_000, max: 50_999 },
});

const tone = AudioClip.ofTone([{ frequenciesHz: [440], durationMs: 300 }]);
const echo = createEcho(host, { onDtmf: ({ digit }) => console.log(`the echo heard the digit ${digit}`) });
const player = createPlayer(host, { items: [{ clip: tone }], onEnd: () => finish() });

const offer = await player.offer();
if (!offer.ok) throw new Error(offer.message);
const answer = await echo.answer(offer.sdp);
if (!answer.ok) throw new Error(answer.message);
player.accept(answer.sdp);

function finish(): void {
  const { codec, stream } = player.snapshot();
  console.log(`${codec}: ${stream?.sent.packets} packets sent, ${stream?.received?.packets} came back`);
  player.close();
  echo.close();
}
