import { isAddressBlock } from '@unisono/sbc';
import { z } from 'zod';
import { DAY_SEC, whole } from './fields.ts';

const block = z.string().refine(isAddressBlock);

/** What the doors let in, and of whom. */
export const protection = z
  .strictObject({
    allow: z
      .union([block.transform((one) => [one]), z.array(block)])
      .prefault(['127.0.0.0/8', '::1'])
      .meta({
        about: 'Addresses and networks that protection never holds back.',
        right: 'a list of addresses or networks like 192.0.2.0/24',
        otherwise: 'this machine itself',
      }),
    scanners: z.array(z.string().min(2)).optional().meta({
      about: 'Programs that look for victims: how words of their User-Agent begin.',
      right: 'a list of words',
      otherwise: 'those that are met on the Internet every day',
    }),
    wrongPasswords: whole(10, 2, 1_000, 'Wrong passwords from one address before it is banned.'),
    firstBanSec: whole(300, 1, 30 * DAY_SEC, 'Seconds that the first ban lasts; each further one lasts twice as long.'),
    longestBanSec: whole(DAY_SEC, 1, 365 * DAY_SEC, 'Seconds that a ban lasts at most.'),
    forgiveSec: whole(DAY_SEC, 60, 365 * DAY_SEC, 'Seconds of good behaviour after which a ban counts one time less.'),
    requestsPerSec: whole(50, 1, 100_000, 'Requests a second from one address where nobody has signed in.'),
    requestsPerUserSec: whole(20, 1, 100_000, 'Requests a second of one user who has signed in; more get 503.'),
    connectionsPerSec: whole(20, 1, 100_000, 'New connections a second from one address.'),
    strangersPerSec: whole(
      1_000,
      1,
      1_000_000,
      'Requests a second of all addresses together from which nobody has signed in; new connections 0.4 and datagrams 2 for each.',
    ),
    connections: whole(20_000, 1, 1_000_000, 'Connections at once.'),
    connectionsPerAddress: whole(2_000, 1, 1_000_000, 'Connections at once from one address.'),
    signInSec: whole(60, 5, 3_600, 'Seconds until a connection ends on which nobody signs in.'),
    callsPerUser: whole(10, 1, 100_000, 'Calls at once of one user from outside; emergency calls always go.'),
    callsPerAddress: whole(200, 1, 100_000, 'Calls at once from one address outside.'),
  })
  .prefault({});
