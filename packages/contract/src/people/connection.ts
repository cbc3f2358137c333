import { z } from 'zod';
import { atMs, counter, dialNumber, id, line, webAddress } from '../values/scalars.ts';

/** A door of the border for clients: SIP over secure WebSocket (RFC 7118). */
const sbcAddress = z.object({
  uri: webAddress(['wss:', 'ws:']),
  /** Lower ones first (as in RFC 2782). */
  priority: z.int().min(0).max(65_535).default(0),
  weight: z.int().min(0).max(65_535).default(1),
});

/**
 * How clients prove themselves to the phone system.
 * - `perInstallation`: the Connector makes credentials for each installation, valid for `lifetimeSec`, from `key`
 *   (`clientPassword`); the phone system computes the same. Nobody is given a password that lasts.
 * - `fixed`: the account's own password, for phone systems that cannot do that.
 */
const sipCredentials = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('perInstallation'),
    username: line(128),
    /** 32 octets, base64url. */
    key: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
    lifetimeSec: z.int().min(300).max(31_536_000),
  }),
  z.object({ kind: z.literal('fixed'), username: line(64), password: z.string().min(1).max(256) }),
]);

/** A TURN or STUN server for clients. `sharedSecret`: user names that expire, made by the Connector for each installation. */
const turnServer = z.object({
  urls: z
    .array(z.string().regex(/^(stun|stuns|turn|turns):/))
    .min(1)
    .max(10),
  credentials: z
    .discriminatedUnion('kind', [
      z.object({
        kind: z.literal('sharedSecret'),
        secret: z.string().min(1).max(256),
        lifetimeSec: z.int().min(300).max(604_800),
      }),
      z.object({ kind: z.literal('fixed'), username: line(256), password: z.string().min(1).max(256) }),
    ])
    .optional(),
});

/** How numbers are dialled, so that clients can read and show them as the phone system does. */
export const diallingRules = z
  .object({
    countryCode: z.string().regex(/^\d{1,3}$/),
    areaCode: z
      .string()
      .regex(/^\d{0,6}$/)
      .optional(),
    nationalPrefix: z.string().regex(/^\d{0,6}$/),
    internationalPrefix: z.string().regex(/^\d{0,6}$/),
    outsideLinePrefix: z.string().regex(/^\d{0,6}$/),
    emergencyNumbers: z.array(dialNumber).max(50),
    /** Lengths that internal numbers have. */
    internalLengths: z.array(z.int().min(1).max(15)).max(15),
    /** Codes by what they do, as the phone system names them. */
    featureCodes: z.record(z.string(), z.string()).default({}),
  })
  .meta({ id: 'DiallingRules' });

/**
 * Features a client may offer. Readers leave out those they do not know: `voicemail`, `callWaiting`, `transfer`, `conference`,
 * `move`, `pickup`, `park`, `video`.
 */
const features = z.array(z.string().max(64)).max(100);

/** The user's own number, as others see it. */
const desk = z.object({
  number: dialNumber,
  displayName: line(100),
  /** The number as it is reached from outside, E.164. */
  outsideNumber: z
    .string()
    .regex(/^\+[1-9]\d{4,14}$/)
    .optional(),
});

/**
 * All that the clients of one user need to connect, as the Assistant uploads it. The number of the auxiliary device is not in it: it
 * is nobody's to see. Realm and domain are those of digest and of the address of record.
 */
export const connectionData = z
  .object({
    sbc: z.array(sbcAddress).min(1).max(20),
    ufip: z.object({
      /** Address of record that clients register, `sip:USER@DOMAIN`. */
      addressOfRecord: z
        .string()
        .max(320)
        .regex(/^sips?:[^\s<>"]+@[^\s<>"]+$/),
      realm: line(253),
      maxClients: z.int().min(1).max(100),
    }),
    credentials: sipCredentials,
    desk,
    turn: z.array(turnServer).max(20).default([]),
    dialling: diallingRules,
    features: features.default([]),
    /** Number of the own mailbox, when there is one. */
    voicemailNumber: dialNumber.optional(),
    /** Address of the conference factory (RFC 4579), when there is one. */
    conferenceFactory: z.string().max(320).optional(),
  })
  .meta({ id: 'ConnectionData', description: 'What the clients of a user need, as the phone system gives it.' });
export type ConnectionData = z.output<typeof connectionData>;

/**
 * One change of the uploaded data. `version` is the Assistant's, and grows for each person with every change, a withdrawal
 * included: what arrives with a lower one than stored is answered `stale` and changes nothing.
 */
export const connectionItem = z.discriminatedUnion('op', [
  z.object({ op: z.literal('put'), userId: id, version: counter, data: connectionData }),
  z.object({ op: z.literal('withdraw'), userId: id, version: counter, reason: line(300).optional() }),
]);
export type ConnectionItem = z.output<typeof connectionItem>;

/** Entries of one upload at most. */
export const MAX_CONNECTION_ITEMS = 500;

export const connectionUpload = z
  .object({ items: z.array(connectionItem).min(1).max(MAX_CONNECTION_ITEMS) })
  .meta({ id: 'ConnectionUpload' });

/**
 * What became of one entry, in the order of the upload: `stored`, `withdrawn`, `unchanged` (this very version is stored already),
 * `stale` (`version` says what is stored), or `refused` with a code of `PROBLEMS`.
 */
export const connectionOutcome = z.object({
  userId: id,
  outcome: z.enum(['stored', 'withdrawn', 'unchanged', 'stale', 'refused']).or(z.string()),
  version: counter.optional(),
  code: z.string().optional(),
  message: z.string().optional(),
});
export type ConnectionOutcome = z.output<typeof connectionOutcome>;

export const connectionUploadResult = z
  .object({ outcomes: z.array(connectionOutcome) })
  .meta({ id: 'ConnectionUploadResult' });

/** What is stored for the asking phone system: for an Assistant that lost its memory, and for checks. */
export const storedConnection = z.object({
  userId: id,
  version: counter,
  /** `connectionDigest` of the data. */
  digest: z.string(),
  changedAtMs: atMs,
});
export const storedConnections = z
  .object({ connections: z.array(storedConnection), next: z.string().optional() })
  .meta({ id: 'StoredConnections' });

/** What one installation of a client gets. Good until `validUntilMs`, also while the cloud is away. Never to be cached by others. */
export const clientConnection = z
  .object({
    /** Changes whenever anything in it changes except times and credentials. */
    version: counter,
    /** Id of the phone system. */
    system: id,
    sbc: z.array(sbcAddress),
    sip: z.object({
      addressOfRecord: z.string(),
      realm: z.string(),
      username: z.string(),
      password: z.string(),
      /** Absent: the password lasts. */
      expiresAtMs: atMs.optional(),
    }),
    desk,
    turn: z.array(
      z.object({
        urls: z.array(z.string()),
        username: z.string().optional(),
        credential: z.string().optional(),
        expiresAtMs: atMs.optional(),
      }),
    ),
    dialling: diallingRules,
    features,
    voicemailNumber: dialNumber.optional(),
    conferenceFactory: z.string().optional(),
    issuedAtMs: atMs,
    validUntilMs: atMs,
    /** When a client should ask again: before the credentials expire. */
    refreshAtMs: atMs,
  })
  .meta({ id: 'ClientConnection', description: 'What one installation of a client needs to connect.' });
export type ClientConnection = z.output<typeof clientConnection>;
