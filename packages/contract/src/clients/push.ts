import { z } from 'zod';

/** Where an installation is woken: Web Push (RFC 8030, 8291), or a vendor's service. */
export const pushSubscription = z
  .discriminatedUnion('kind', [
    z.object({
      kind: z.literal('webPush'),
      endpoint: z
        .url()
        .max(2048)
        .refine((text) => text.startsWith('https://'), 'A push service is reached by https.'),
      keys: z.object({
        p256dh: z.string().regex(/^[A-Za-z0-9_-]{80,100}={0,2}$/),
        auth: z.string().regex(/^[A-Za-z0-9_-]{20,30}={0,2}$/),
      }),
    }),
    z.object({ kind: z.literal('apns'), token: z.string().min(1).max(512), topic: z.string().max(200).optional() }),
    z.object({ kind: z.literal('fcm'), token: z.string().min(1).max(4096) }),
  ])
  .meta({ id: 'PushSubscription' });
export type PushSubscription = z.output<typeof pushSubscription>;

/** The application server's public key (VAPID, RFC 8292), base64url. */
export const pushKey = z.object({ publicKey: z.string() }).meta({ id: 'PushKey' });
