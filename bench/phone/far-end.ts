/** A client in a call with a scripted desk phone, whose sound is measured there. */
import type { Cast } from '../../test/interop/cast.ts';
import type { IncomingCall } from '../../test/interop/scripted/call.ts';
import type { ScriptedPhone } from '../../test/interop/scripted/phone.ts';
import type { Unisono } from '../../test/interop/unisono.ts';
import { plainSdp } from '../../test/peers/index.ts';
import type { PhonePage } from '../../test/phone/phone-page.ts';
import { callIn } from '../../test/phone/world.ts';
import { SoundMeter } from './sound-meter.ts';

const WAIT_MS = 20_000;
/** Half a second of it. */
const STEADY_PACKETS = 25;

export class FarEnd {
  readonly #phone: ScriptedPhone;
  readonly #number: string;
  readonly sound: SoundMeter;
  #call: IncomingCall | undefined;

  private constructor(phone: ScriptedPhone, number: string, sound: SoundMeter) {
    this.#phone = phone;
    this.#number = number;
    this.sound = sound;
  }

  static async open(cast: Cast, system: Unisono, number: string): Promise<FarEnd> {
    const sound = await SoundMeter.open();
    const phone = await cast.scripted(system.desk(number));
    phone.sdp = plainSdp(sound.port);
    return new FarEnd(phone, number, sound);
  }

  /** Is called by the client, answers, and hears it steadily; gives the id of the call there. */
  async isCalledBy(page: PhonePage): Promise<string> {
    const [call, { callId }] = await Promise.all([
      this.#phone.nextCall(WAIT_MS),
      page.must<{ callId: string }>('calls.dial', this.#number),
    ]);
    this.#call = call;
    await call.connect();
    await page.waitFor('the call to run', callIn('active', this.#number));
    await this.hears(performance.now());
    return callId;
  }

  /** Waits until sound has been there for half a second since then. */
  hears(sinceMs: number): Promise<void> {
    return this.sound.flowsSince(sinceMs, STEADY_PACKETS, WAIT_MS);
  }

  async hangUp(): Promise<void> {
    await this.#call?.bye();
    this.#call = undefined;
  }
}
