import { z } from 'zod';
import { transport } from './fields.ts';

const LETS_ENCRYPT = 'https://acme-v02.api.letsencrypt.org/directory';

/** The section `tls.acme`: who issues the certificate for the names of the border. */
export const ACME = z
  .strictObject({
    directory: z
      .union([z.literal('letsencrypt').transform(() => LETS_ENCRYPT), z.url({ protocol: /^https?$/ })])
      .optional()
      .meta({
        about:
          'Authority that issues and renews a certificate for `sbc.names` (ACME, RFC 8555). Its terms are agreed to.',
        right: 'letsencrypt, or the URL of the directory of another authority',
        otherwise: 'none',
      }),
    email: z.email().optional().meta({
      about: 'Where that authority sends warnings.',
      right: 'an e-mail address',
      otherwise: 'nowhere',
    }),
    challenge: transport(
      80,
      'Port on which that authority makes sure that the names are ours (http-01); the Internet has to reach it as port 80.',
    ),
  })
  .prefault({});
