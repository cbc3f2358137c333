import { LOG_LEVELS } from '@unisono/platform';
import { z } from 'zod';
import { ACME } from './acme-schema.ts';
import { BORDER } from './border-schema.ts';
import { address, addresses, DAY_SEC, path, portRange, transport, urls, whole } from './fields.ts';
import { protection } from './protection-schema.ts';

/** Five or six fields of a cron expression; what they mean is read when the Assistant starts. */
function isSchedule(text: string): boolean {
  return /^[\d*/,\-A-Za-z?L#]+( [\d*/,\-A-Za-z?L#]+){4,5}$/.test(text.trim());
}

/**
 * Everything that can be configured for one process. What belongs to the company (numbers, people, trunks, SIP domain) is system
 * data and not here. docs/configuration.md has the same list; a test keeps them in step.
 */
export const CONFIGURATION = z.strictObject({
  listen: addresses.prefault('127.0.0.1').meta({
    about:
      'IP address on which all ports listen that do not name their own; `0.0.0.0` is every IPv4 address of the machine.',
    right: 'an IP address, or a list of them',
  }),
  advertise: address.optional().meta({
    about: 'IP address at which phones and trunks reach this machine, written into SIP and SDP.',
    right: 'an IP address',
    otherwise: 'the address listened on; for `0.0.0.0` the first one of a network card',
  }),
  data: path('Folder of everything that survives a restart.', '`./data` in the working folder'),
  system: path(
    'System data file (YAML or JSON), imported as a whole at the start when its text is another than at the last import.',
    'what the data folder holds; at the first start the demo company',
  ),
  sip: z
    .strictObject({
      udp: transport(5060, 'SIP over UDP.'),
      tcp: transport(5060, 'SIP over TCP.'),
      tls: transport(5061, 'SIP over TLS.'),
      ws: transport('off', 'SIP over WebSocket (RFC 7118), for a border that ends TLS itself.'),
      wss: transport('off', 'SIP over secure WebSocket.'),
      digest: z
        .array(z.enum(['MD5', 'SHA-256']))
        .min(1)
        .prefault(['MD5'])
        .meta({
          about:
            'Digest algorithms offered to phones, the preferred one first. Phones that know only MD5 often refuse to answer when SHA-256 is offered beside it.',
          right: '[MD5], [SHA-256] or [SHA-256, MD5]',
        }),
      borders: z
        .union([address.transform((one) => [one]), z.array(address)])
        .prefault([])
        .meta({
          about: 'Addresses of borders (`unisono sbc`) that run elsewhere: they are believed where a client is.',
          right: 'an IP address, or a list of them',
          otherwise: 'none',
        }),
    })
    .prefault({}),
  sbc: BORDER,
  registration: z
    .strictObject({
      expiresSec: whole(3600, 60, DAY_SEC, 'Seconds that a registration lasts when the phone does not say.'),
      minExpiresSec: whole(
        60,
        1,
        DAY_SEC,
        'Fewest seconds a phone may ask for; for less it gets 423 (RFC 3261 §10.3).',
      ),
      maxExpiresSec: whole(7200, 60, DAY_SEC, 'Most seconds a phone gets.'),
    })
    .prefault({}),
  sessionTimer: z
    .strictObject({
      expiresSec: whole(
        1800,
        90,
        DAY_SEC,
        'Seconds after which a call is refreshed, so that a phone that vanished is noticed (RFC 4028).',
      ),
      minExpiresSec: whole(90, 90, DAY_SEC, 'Fewest seconds accepted; for less the phone gets 422.'),
    })
    .prefault({}),
  limits: z
    .strictObject({
      calls: whole(
        20_000,
        1,
        1_000_000,
        'Calls at once, alerting ones included. More get 503 with Retry-After; emergency calls do not.',
      ),
      transactions: whole(500_000, 100, 10_000_000, 'SIP server transactions at once, before new requests get 503.'),
      lagMs: whole(250, 10, 10_000, 'Milliseconds by which timers may be late, before new requests get 503.'),
    })
    .prefault({}),
  tls: z
    .strictObject({
      certificate: path(
        'Certificate chain for TLS, PEM, the own certificate first.',
        'one made by the own authority in the data folder',
      ),
      key: path('Private key of the certificate, PEM.', 'as above'),
      ca: path(
        'Certificates (PEM) that peers are checked against.',
        'the authorities that Node knows, and the own one',
      ),
      acme: ACME,
      clientCertificates: z.enum(['off', 'request', 'require']).default('off').meta({
        about: 'Whether those who connect by TLS are asked for a certificate.',
        right: 'off, request or require',
      }),
    })
    .prefault({}),
  clients: z
    .strictObject({
      url: z
        .string()
        .regex(/^wss:\/\/[^\s/]+(\/\S*)?$/)
        .optional()
        .meta({
          about: 'URL at which web and mobile clients connect, given to them with their credentials.',
          right: 'a URL like wss://phone.example.com',
          otherwise: 'the first port of secure WebSockets on this machine',
        }),
      alternativeUrls: urls(/^wss:\/\/[^\s/]+(\/\S*)?$/).meta({
        about: 'URLs of further borders, tried in this order where the one before is not reached.',
        right: 'a list of URLs like wss://phone2.example.com',
        otherwise: 'none',
      }),
      validDays: whole(30, 1, 3650, 'Days that the credentials of a client are valid, unless issued for another time.'),
      stun: urls(/^stuns?:[^\s/]+$/).meta({
        about: 'STUN servers that are given to clients.',
        right: 'a list of URLs like stun:stun.example.com:3478',
        otherwise: 'none',
      }),
    })
    .prefault({}),
  turn: z
    .strictObject({
      urls: urls(/^turns?:[^\s/]+$/).meta({
        about: 'TURN servers that are given to clients with time-limited credentials.',
        right: 'a list of URLs like turn:turn.example.com:3478?transport=udp',
        otherwise: 'none',
      }),
      secret: z.string().min(1).optional().meta({
        about: 'Secret shared with the TURN servers: `static-auth-secret` of coturn.',
        right: 'a text',
        otherwise: 'none',
      }),
      validSec: z
        .int()
        .min(60)
        .max(3_650 * DAY_SEC)
        .optional()
        .meta({
          about: 'Seconds that TURN credentials are valid; they never outlive the credentials of the client.',
          right: 'a whole number of seconds, at least 60',
          otherwise: 'as long as the credentials of the client',
        }),
    })
    .prefault({}),
  protection,
  rtp: z
    .strictObject({
      address: address.optional().meta({
        about: 'IP address on which the audio of announcements and echo is received.',
        right: 'an IP address',
        otherwise: 'the first one of `listen`',
      }),
      ports: portRange.prefault('10000-10999').meta({
        about: 'UDP ports of that media, two for each running call with a machine.',
        right: 'FIRST-LAST between 1024 and 65535',
      }),
      musicOnHold: z.enum(['on', 'off']).default('on').meta({
        about: 'Whoever is put on hold hears music. Off: what the phone that holds sends, which is mostly nothing.',
        right: 'on or off',
      }),
    })
    .prefault({}),
  assistant: z
    .strictObject({
      listen: transport(8444, 'HTTPS port of the Assistant: administration in a browser, and its API.'),
      connector: z
        .string()
        .regex(/^https?:\/\/[^\s/]+\/?$/)
        .optional()
        .meta({
          about:
            'Address of the Telephony Connector with which people are synchronised. It is reached from here, never the other way.',
          right: 'a URL like https://connector.example.com',
          otherwise: 'none: the phone system works without the cloud',
        }),
      key: z.string().min(1).optional().meta({
        about: 'API key of this phone system at the Connector, as it was shown when it was made.',
        right: 'a text',
        otherwise: 'none',
      }),
      directoryKey: z.string().min(1).optional().meta({
        about:
          'API key of scope `directory` at the Connector, with which the administration invites and removes people there.',
        right: 'a text',
        otherwise: 'that of the Connector in the same process; with `assistant.connector` none',
      }),
      ca: path(
        'Authorities (PEM) that the Connector and the proxy are trusted by, beside those that Node knows.',
        'only those that Node knows, and the own one',
      ),
      proxy: z
        .strictObject({
          url: z
            .string()
            .regex(/^https?:\/\/[^\s/@]+\/?$/)
            .optional()
            .meta({
              about: 'HTTPS proxy (CONNECT) through which the Connector is reached.',
              right: 'a URL like http://proxy.example.com:3128, without user name',
              otherwise: 'none: directly',
            }),
          username: z.string().min(1).optional().meta({
            about: 'User name at the proxy (Basic).',
            right: 'a text',
            otherwise: 'none',
          }),
          password: z.string().optional().meta({
            about: 'Password at the proxy.',
            right: 'a text',
            otherwise: 'none',
          }),
        })
        .prefault({}),
      schedule: z.string().refine(isSchedule).default('*/15 * * * *').meta({
        about: 'When people are synchronised, beside on change and on demand: minute, hour, day, month, weekday.',
        right: 'a cron expression like */15 * * * *',
      }),
      withdrawPercent: whole(20, 0, 100, 'Share of people that one synchronisation withdraws without asking.'),
      withdrawAtLeast: whole(3, 0, 100_000, 'So many it withdraws without asking, whatever share they are.'),
      requireTotp: z.enum(['on', 'off']).default('off').meta({
        about: 'Every administrator needs a second factor (RFC 6238), and sets it up at the next sign-in.',
        right: 'on or off',
      }),
      licenceKey: path(
        'Public key (PEM, Ed25519) that licence files are signed with; with it only signed licences count.',
        'none: the counts of the system data hold',
      ),
    })
    .prefault({}),
  connector: z
    .strictObject({
      listen: transport(
        8445,
        'HTTPS port of the Telephony Connector in this process. It is not started when `assistant.connector` names one elsewhere.',
      ),
      url: z
        .string()
        .regex(/^https:\/\/[^\s/]+\/?$/)
        .optional()
        .meta({
          about: 'Address at which people and phone systems reach the Connector.',
          right: 'a URL like https://connector.example.com',
          otherwise: 'made of the address and port listened on',
        }),
      phoneUrl: z
        .string()
        .regex(/^https:\/\/[^\s/]+\/?$/)
        .optional()
        .meta({
          about: 'Address at which people open Unisono Phone: links in mails and QR codes lead there.',
          right: 'a URL like https://phone.example.com',
          otherwise: '`connector.url`; without it the border’s door of the same process',
        }),
      database: z
        .string()
        .regex(/^postgres(ql)?:\/\//)
        .optional()
        .meta({
          about: 'PostgreSQL database of the Connector. Several Connector processes may share one.',
          right: 'a URL like postgres://USER:PASSWORD@HOST/DATABASE',
          otherwise: 'a SQLite file in the data folder',
        }),
      smtp: z
        .strictObject({
          url: z
            .string()
            .regex(/^smtps?:\/\//)
            .optional()
            .meta({
              about: 'Mail server that invitations are handed to.',
              right: 'a URL like smtp://USER:PASSWORD@mail.example.com:587',
              otherwise: 'none: mails are written into the folder `outbox` of the data folder',
            }),
          from: z.string().min(3).max(320).default('Unisono <phone@localhost>').meta({
            about: 'Sender of these mails.',
            right: 'an address like Unisono <phone@example.com>',
          }),
        })
        .prefault({}),
      subject: z
        .string()
        .regex(/^(mailto:|https:\/\/)/)
        .optional()
        .meta({
          about: 'How push services reach the operator (VAPID, RFC 8292).',
          right: 'mailto:ADDRESS or a https URL',
          otherwise: 'the address of the Connector',
        }),
      origins: z
        .array(z.string().regex(/^https:\/\/[^\s/]+$/))
        .default([])
        .meta({
          about:
            'Origins elsewhere that serve Unisono Phone: their pages may ask this Connector, and sign-in leads back there.',
          right: 'a list of origins like https://phone.example.com',
        }),
      pushServices: z
        .array(z.string().regex(/^[^\s/:]+$/))
        .default([])
        .meta({
          about: 'Push services of the own network. Others are reached by public names only, whatever a client says.',
          right: 'a list of names or IPv4 addresses, without port',
        }),
      trustProxy: z.array(address).default([]).meta({
        about: 'Addresses of reverse proxies whose X-Forwarded-For is believed.',
        right: 'a list of IP addresses',
      }),
    })
    .prefault({}),
  records: z
    .strictObject({
      keepDays: whole(731, 1, 36_500, 'Days after which call records are deleted.'),
    })
    .prefault({}),
  log: z
    .strictObject({
      level: z
        .enum(LOG_LEVELS)
        .default('info')
        .meta({
          about: 'How much is logged. From `debug` on whole phone numbers are in the log.',
          right: `one of ${LOG_LEVELS.join(', ')}`,
        }),
      format: z.enum(['auto', 'human', 'json']).default('auto').meta({
        about: 'Lines for people or for a log collector; `auto` is `human` on a terminal and `json` otherwise.',
        right: 'auto, human or json',
      }),
    })
    .prefault({}),
  metrics: transport('off', 'HTTP port for Prometheus, path `/metrics`.'),
});

export type Settings = z.output<typeof CONFIGURATION>;

/** What the names of environment variables begin with. */
export const VARIABLE_PREFIX = 'UNISONO';
