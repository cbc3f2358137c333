import { isIP } from 'node:net';
import { z } from 'zod';
import { address, addresses, portRange, transport, urls, whole } from './fields.ts';

/** Where a gateway is, for a border that runs apart from it. */
export interface GatewayPlace {
  readonly transport: 'udp' | 'tcp';
  readonly address: string;
  readonly port: number;
}

const GATEWAY_FORM = /^(?:(udp|tcp):)?(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/;

const gateway = z.string().transform((written, context): GatewayPlace => {
  const [, named, v6, v4, port] = GATEWAY_FORM.exec(written) ?? [];
  const place = { transport: named === 'tcp' ? 'tcp' : 'udp', address: v6 ?? v4 ?? '', port: Number(port) } as const;
  if (isIP(place.address) !== 0 && place.port >= 1 && place.port <= 65_535) return place;
  context.issues.push({ code: 'custom', message: 'no gateway', input: written });
  return z.NEVER;
});

const rtpengine = z.string().transform((written, context) => {
  const [, named, v6, v4, port] = GATEWAY_FORM.exec(written) ?? [];
  const place = { address: v6 ?? v4 ?? '', port: Number(port) };
  if (named === undefined && isIP(place.address) !== 0 && place.port >= 1 && place.port <= 65_535) return place;
  context.issues.push({ code: 'custom', message: 'no rtpengine', input: written });
  return z.NEVER;
});

const hostName = z.string().regex(/^[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$/);

function mediaSide(ports: string, side: string, otherwise: string) {
  return z
    .strictObject({
      address: address.optional().meta({
        about: `IP address on which audio ${side} is received.`,
        right: 'an IP address',
        otherwise,
      }),
      ports: portRange.prefault(ports).meta({
        about: `UDP ports of audio ${side}, up to four for each call.`,
        right: 'FIRST-LAST between 1024 and 65535',
      }),
      interface: z
        .string()
        .regex(/^[\w.-]{1,64}$/)
        .optional()
        .meta({
          about: `Name of the interface of rtpengine for audio ${side}.`,
          right: 'a name as in --interface=NAME/ADDRESS',
          otherwise: 'the only one it has',
        }),
    })
    .prefault({});
}

/** The section `sbc`: doors for clients and phones outside, and what is behind them. */
export const BORDER = z
  .strictObject({
    listen: addresses.optional().meta({
      about: 'IP address of the doors below that do not name their own.',
      right: 'an IP address, or a list of them',
      otherwise: 'that of `listen`',
    }),
    advertise: address.optional().meta({
      about: 'IP address at which the outside reaches the doors, written into SIP and SDP.',
      right: 'an IP address',
      otherwise: 'that of `advertise`, else the address listened on',
    }),
    names: z
      .union([hostName.transform((one) => [one]), z.array(hostName)])
      .prefault([])
      .meta({
        about: 'Host names by which phones outside know the border; a Route to any other name is refused.',
        right: 'a host name, or a list of them',
        otherwise: 'none',
      }),
    wss: transport(
      8443,
      'Door for web and mobile clients: SIP over secure WebSocket, the client app, and its way to the Connector of the same process.',
    ),
    tls: transport('off', 'Door for phones outside: SIP over TLS.'),
    tcp: transport('off', 'Door for phones outside: SIP over TCP, which anybody on the way can read.'),
    udp: transport('off', 'Door for phones outside: SIP over UDP, which anybody on the way can read.'),
    origins: urls(/^https?:\/\/[^\s/]+$/).meta({
      about: 'Web pages that may connect by WebSocket, by their origin.',
      right: 'a list of origins like https://phone.example.com',
      otherwise: 'all',
    }),
    secret: z.string().min(32).optional().meta({
      about:
        'Secret of borders that stand side by side, the same in all of them: a client that has lost one goes on by another.',
      right: 'a text of 32 characters or more, such as `openssl rand -base64 32` gives',
      otherwise: 'one of its own in the data folder',
    }),
    flowTimerSec: whole(
      120,
      5,
      3_600,
      'How often phones that register by TCP or TLS with RFC 5626 are to send a keep-alive; a connection that stays silent a quarter longer is closed.',
    ),
    media: z
      .strictObject({
        workers: z.int().min(1).max(256).optional().meta({
          about: 'Threads that carry audio.',
          right: 'a whole number from 1 to 256',
          otherwise: 'one for each processor core but one',
        }),
        rtpengine: z
          .union([rtpengine.transform((one) => [one]), z.array(rtpengine)])
          .prefault([])
          .meta({
            about:
              'Control addresses (`--listen-ng`) of rtpengine processes that carry audio in place of this process. Calls are spread over those that answer.',
            right: 'a list of places like 127.0.0.1:22222',
            otherwise: 'none',
          }),
        outside: mediaSide(
          '16000-19999',
          'outside',
          'the first one of `sbc.listen`; instead of loopback that of a network card, because Firefox reaches no media at loopback',
        ),
        inside: mediaSide('12000-15999', 'inside', 'the first one of `listen`'),
      })
      .prefault({}),
    inside: transport(5070, 'Private side of `unisono sbc`: SIP over UDP and TCP with the gateways.'),
    gateways: z
      .union([gateway.transform((one) => [one]), z.array(gateway)])
      .prefault([])
      .meta({
        about: 'Gateways behind `unisono sbc`.',
        right: 'a list of places like udp:10.0.0.1:5060',
        otherwise: 'none',
      }),
  })
  .prefault({});
