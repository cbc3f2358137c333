/** The whole demo company as `npm start` makes it, and how its people sign in. */
import { Cast } from '../interop/cast.ts';
import { runUnisono, startUnisono, type Unisono, type UnisonoOptions } from '../interop/unisono.ts';

export const TENANT = 'lindner-optik';

export interface Account {
  readonly tenant: string;
  readonly email: string;
  readonly password: string;
}

/** With its border and its cloud. */
export function startCompany(
  more: Pick<UnisonoOptions, 'connector' | 'env' | 'ports' | 'lifetimeSec'> = {},
): Promise<Unisono> {
  // Browsers take all there is of a small machine: late timers are no sign of too many calls here.
  return startUnisono({ border: true, cloud: true, ...more, config: ['limits: { lagMs: 5000 }'] });
}

/** How a person of the demo company signs in. */
export function accountOf(system: Unisono, user: string): Account {
  const person = system.data.users.find(({ id }) => id === user);
  return { tenant: TENANT, email: person?.email ?? '', password: system.client(user).password ?? '' };
}

/** The company, with desk phones; the browsers of its people are of those who extend it. */
export class Company {
  readonly system: Unisono;
  readonly cast: Cast;

  protected constructor(system: Unisono) {
    this.system = system;
    this.cast = new Cast(system);
  }

  /** Where the client app is served, and the Connector behind it. */
  get door(): string {
    return `https://127.0.0.1:${this.system.doorWssPort}`;
  }

  account(user: string): Account {
    return accountOf(this.system, user);
  }

  /** A command of the administration, such as `users set anna {…}`, at the running system; fails when it was refused. */
  async administer(...args: string[]): Promise<string> {
    const { output, code } = await runUnisono(...args, '--data', `${this.system.folder}/data`);
    if (code !== 0) throw new Error(`unisono ${args.join(' ')}: ${output}`);
    return output;
  }

  async close(): Promise<void> {
    await this.cast.close();
    await this.system.close();
  }
}
