import type { UserRow } from '../people/directory.ts';
import type { Mail } from '../ports.ts';

type To = Pick<UserRow, 'email' | 'first_name' | 'language'>;

/** Where somebody signs in later, and as whom. */
export interface SignInPlace {
  readonly url: string;
  readonly tenantName: string;
  readonly tenant: string;
}

/** The invitation, in the person's language. */
export function invitationMail(to: To, at: SignInPlace, link: string, days: number): Mail {
  const { tenantName } = at;
  if (to.language === 'de')
    return {
      to: to.email,
      subject: `Ihr Telefon bei ${tenantName}`,
      text: `Guten Tag ${to.first_name},

${tenantName} hat für Sie Unisono Phone eingerichtet: Ihre Büronummer auf jedem Gerät.

Hier legen Sie Ihr Passwort fest und beginnen:

${link}

Später melden Sie sich unter ${at.url} an, mit ${to.email}. Der Kurzname der Firma ist ${at.tenant}; er wird nur selten gefragt.

Der Link gilt ${days} Tage und nur einmal. Haben Sie das nicht erwartet, brauchen Sie nichts zu tun.
`,
    };
  return {
    to: to.email,
    subject: `Your phone at ${tenantName}`,
    text: `Hello ${to.first_name},

${tenantName} has set up Unisono Phone for you: your desk number on every device.

Choose your password and begin here:

${link}

Later you sign in at ${at.url}, as ${to.email}. The short name of the company is ${at.tenant}; it is seldom asked for.

The link is good for ${days} days, once. If you did not expect this, there is nothing you have to do.
`,
  };
}

/** The link for a new password, in the person's language. */
export function passwordMail(to: To, tenantName: string, link: string, minutes: number): Mail {
  if (to.language === 'de')
    return {
      to: to.email,
      subject: `Neues Passwort bei ${tenantName}`,
      text: `Guten Tag ${to.first_name},

hier legen Sie ein neues Passwort für Unisono Phone fest:

${link}

Der Link gilt ${minutes} Minuten und nur einmal. Haben Sie ihn nicht angefordert, bleibt Ihr Passwort, wie es ist.
`,
    };
  return {
    to: to.email,
    subject: `A new password at ${tenantName}`,
    text: `Hello ${to.first_name},

choose a new password for Unisono Phone here:

${link}

The link is good for ${minutes} minutes, once. If you did not ask for it, your password stays as it is.
`,
  };
}
