/** A network between a browser's media and the border that can be gone from one moment to the next. */
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import type { BrowserContext } from '../../test/phone/world.ts';

/** Media goes to where the page is told: through the network of this moment. */
const REDIRECTED = `{
  const { setRemoteDescription } = RTCPeerConnection.prototype;
  RTCPeerConnection.prototype.setRemoteDescription = async function (description) {
    const [, address, port] = /^a=candidate:.* (\\S+) (\\d+) typ host/m.exec(description.sdp) ?? [];
    const through = port === undefined ? port : await window.throughNetwork(address, Number(port));
    return setRemoteDescription.call(this, {
      type: description.type,
      sdp: description.sdp.replaceAll(' ' + port + ' ', ' ' + through + ' '),
    });
  };
}`;

export class Network {
  #relays: Relay[] = [];

  /** Everything that pages of this context send from now on goes through here. */
  async carry(context: BrowserContext): Promise<void> {
    await context.exposeFunction('throughNetwork', async (address: string, port: number) => {
      const relay = await openRelay(address, port);
      this.#relays.push(relay);
      return relay.port;
    });
    await context.addInitScript(REDIRECTED);
  }

  /** What was under way on it is lost, and nothing passes any more; who comes back does so from another address. */
  cut(): void {
    for (const relay of this.#relays.splice(0)) relay.close();
  }
}

interface Relay {
  readonly port: number;
  close(): void;
}

/** At the border's own address, on a port that stands for one of its ports. */
async function openRelay(address: string, borderPort: number): Promise<Relay> {
  const [inner, outer] = await Promise.all([bound(address), bound(address)]);
  let browser: RemoteInfo | undefined;
  inner.on('message', (packet, from) => {
    browser = from;
    outer.send(packet, borderPort, address);
  });
  outer.on('message', (packet) => {
    if (browser !== undefined) inner.send(packet, browser.port, browser.address);
  });
  return {
    port: inner.address().port,
    close: () => {
      inner.close();
      outer.close();
    },
  };
}

async function bound(address: string): Promise<Socket> {
  const socket = createSocket('udp4').unref();
  await new Promise<void>((resolve) => socket.bind(0, address, resolve));
  return socket;
}
