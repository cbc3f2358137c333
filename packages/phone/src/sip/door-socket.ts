import type { OpenSocket, SocketPort } from '../ports.ts';

/**
 * The connection to the border as JsSIP wants a socket. It can be opened again under the user agent's feet: JsSIP keeps its calls and
 * goes on with the new one, so the schedule of tries is ours and not JsSIP's. Several addresses are tried in turn.
 */
export class DoorSocket {
  readonly via_transport = 'WSS';
  readonly sip_uri: string;
  /** Set by JsSIP. */
  onconnect: () => void = () => {};
  ondisconnect: (isError: boolean, code?: number, reason?: string) => void = () => {};
  ondata: (data: string) => void = () => {};
  readonly #urls: readonly string[];
  readonly #sockets: SocketPort;
  readonly #onClose: () => void;
  #open: OpenSocket | undefined;
  #isOpen = false;
  #next = 0;

  constructor(urls: readonly string[], sockets: SocketPort, onClose: () => void) {
    this.#urls = urls;
    this.#sockets = sockets;
    this.#onClose = onClose;
    this.sip_uri = `sip:${new URL(this.url).host};transport=ws`;
  }

  get url(): string {
    return this.#urls[this.#next % this.#urls.length] ?? '';
  }

  connect(): void {
    this.#leave();
    const socket = this.#sockets.open(this.url, ['sip'], {
      onOpen: () => {
        if (this.#open !== socket) return;
        this.#isOpen = true;
        this.onconnect();
      },
      onText: (text) => {
        if (this.#open === socket) this.ondata(text);
      },
      onClose: (code, reason) => {
        if (this.#open !== socket) return;
        this.#open = undefined;
        // The next try goes to the next door.
        if (!this.#isOpen) this.#next++;
        this.#isOpen = false;
        this.ondisconnect(code !== 1000, code, reason);
        this.#onClose();
      },
    });
    this.#open = socket;
  }

  /** Leaves the connection without waiting for it to say so. */
  disconnect(): void {
    if (this.#open === undefined) return;
    const wasOpen = this.#isOpen;
    this.#leave();
    if (wasOpen) this.ondisconnect(false, 1000, '');
  }

  send(text: string): boolean {
    if (!this.#isOpen) return false;
    this.#open?.send(text);
    return true;
  }

  isConnected(): boolean {
    return this.#isOpen;
  }

  isConnecting(): boolean {
    return this.#open !== undefined && !this.#isOpen;
  }

  #leave(): void {
    const socket = this.#open;
    this.#open = undefined;
    this.#isOpen = false;
    socket?.close();
  }
}
