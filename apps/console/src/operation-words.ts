/** The texts of what goes on: trunks and their state, calls and what became of them. */
export const OPERATION_WORDS = {
  'trunkState.up': ['works', 'in Ordnung'],
  'trunkState.down': ['down', 'gestört'],
  'trunkState.unknown': ['not heard of yet', 'noch keine Antwort'],
  'trunkState.unsupervised': ['not supervised', 'nicht überwacht'],
  'trunkProblem.registration': ['Registration there failed', 'Anmeldung dort gescheitert'],
  'trunkProblem.options': ['No answer to OPTIONS', 'Keine Antwort auf OPTIONS'],
  'heard.timeout': ['nobody answers', 'niemand antwortet'],
  'heard.unresolvable': ['the address cannot be resolved', 'die Adresse lässt sich nicht auflösen'],
  'heard.unreachable': ['the address cannot be reached', 'die Adresse ist nicht erreichbar'],
  'heard.closed': ['the connection was closed', 'die Verbindung wurde geschlossen'],
  'heard.tls': ['no TLS connection (certificate)', 'keine TLS-Verbindung (Zertifikat)'],
  registerUser: ['Registered as', 'Anmelden als'],
  registerUserHint: ['Empty: the user name there.', 'Leer: der Benutzername dort.'],
  registerDomain: ['Domain of the registration', 'Domäne der Anmeldung'],
  registerDomainHint: ['Empty: the address of the peer.', 'Leer: die Adresse der Gegenstelle.'],
  sourceAddresses: ['Addresses its calls come from', 'Adressen, von denen ihre Anrufe kommen'],
  sourceAddressesHint: [
    'IP addresses or blocks like 192.0.2.0/24, with commas. Empty: the address of the peer.',
    'IP-Adressen oder Blöcke wie 192.0.2.0/24, mit Kommas. Leer: die Adresse der Gegenstelle.',
  ],
  inboundUser: [
    'User name with which the peer signs in here',
    'Benutzername, mit dem sich die Gegenstelle hier anmeldet',
  ],
  inboundUserHint: ['Empty: it is known by its address alone.', 'Leer: Sie wird allein an ihrer Adresse erkannt.'],
  inboundPassword: ['Its password here', 'Ihr Passwort hier'],
} as const satisfies Readonly<Record<string, readonly [en: string, de: string]>>;
