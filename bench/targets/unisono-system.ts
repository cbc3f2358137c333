/** What Unisono is started with as a target: the company, and the trunk over which callers come in. */
import type { DeviceAccount } from '../load/job.ts';
import { clientAccount, company } from './company.ts';
import { contactsOf, PASSWORD, STATION_BASE } from './people.ts';
import type { Stage } from './target.ts';

/** Everybody has a desk phone; for `forks` everybody is a user with clients too. */
export function systemData(stage: Pick<Stage, 'kind' | 'accounts' | 'people' | 'callerPort'>): object {
  const count = stage.kind === 'register' ? stage.accounts.length : stage.people;
  const hasClients = stage.kind === 'forks' || stage.kind === 'clients';
  return {
    ...company(count, { hasPhones: true, hasClients }),
    trunkGroups: [
      {
        id: 'load',
        inbound: [{ prefix: '', digits: 6 }],
        trunks: [{ id: 'load-1', peer: { host: '127.0.0.1', port: stage.callerPort }, optionsIntervalSec: 0 }],
      },
    ],
  };
}

/** Desk phones and clients are registered with Unisono; callers are not. */
export function devices(stage: Pick<Stage, 'kind' | 'people'>): DeviceAccount[] {
  if (stage.kind === 'register') return [];
  return Array.from({ length: stage.people }, (_, index) => {
    const desk = String(STATION_BASE + index);
    const [deskContact = '', ...clientContacts] = contactsOf(index);
    const clients = stage.kind === 'forks' ? clientContacts : [];
    return [
      { user: desk, authUser: desk, password: PASSWORD, contact: deskContact },
      ...clients.map((contact) => {
        const user = clientAccount(index);
        return { user, authUser: user, password: PASSWORD, contact };
      }),
    ];
  }).flat();
}
