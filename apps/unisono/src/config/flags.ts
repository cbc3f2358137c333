/** Flags of `unisono start` and the options they set. One flag may set two. */
export const FLAGS = [
  {
    flag: '--listen',
    value: 'ADDRESS',
    sets: ['listen'],
    about: 'IP address to listen on; 0.0.0.0 for the office network',
  },
  {
    flag: '--advertise',
    value: 'ADDRESS',
    sets: ['advertise'],
    about: 'IP address at which others reach this machine',
  },
  { flag: '--data', value: 'DIR', sets: ['data'], about: 'folder of everything that survives a restart' },
  { flag: '--system', value: 'FILE', sets: ['system'], about: 'system data file to import when it has changed' },
  { flag: '--sip-port', value: 'N', sets: ['sip.udp', 'sip.tcp'], about: 'port of SIP over UDP and TCP' },
  { flag: '--tls-port', value: 'N', sets: ['sip.tls'], about: 'port of SIP over TLS, or off' },
  { flag: '--ws-port', value: 'N', sets: ['sip.ws'], about: 'port of SIP over WebSocket, or off' },
  { flag: '--wss-port', value: 'N', sets: ['sip.wss'], about: 'port of SIP over secure WebSocket, or off' },
  { flag: '--assistant-port', value: 'N', sets: ['assistant.listen'], about: 'HTTPS port of the Assistant, or off' },
  {
    flag: '--sbc-port',
    value: 'N',
    sets: ['sbc.wss'],
    about: 'port of the door for web and mobile clients, or off',
  },
  { flag: '--connector-port', value: 'N', sets: ['connector.listen'], about: 'HTTPS port of the Connector, or off' },
  { flag: '--rtp-ports', value: 'FIRST-LAST', sets: ['rtp.ports'], about: 'UDP ports of announcements and echo' },
  { flag: '--log-level', value: 'LEVEL', sets: ['log.level'], about: 'trace, debug, info, warn, error or silent' },
  { flag: '--log-format', value: 'FORMAT', sets: ['log.format'], about: 'human or json' },
] as const;

/** Those of `unisono sbc`. */
export const SBC_FLAGS = FLAGS.filter(
  ({ flag }) => !['--system', '--sip-port', '--tls-port', '--ws-port', '--wss-port', '--rtp-ports'].includes(flag),
);

/** Those of `unisono assistant`. */
export const ASSISTANT_FLAGS = FLAGS.filter(({ flag }) =>
  ['--listen', '--advertise', '--data', '--assistant-port', '--log-level', '--log-format'].includes(flag),
);

export type Flag = (typeof FLAGS)[number];

/** What was given on the command line, by the name of the flag without dashes (`sip-port`). */
export type GivenFlags = Readonly<Record<string, string | undefined>>;

/** The flags as a source of the configuration: by option, with the flag to name in errors. */
export function flagSource(given: GivenFlags): Record<string, { text: string; flag: string }> {
  return Object.fromEntries(
    FLAGS.flatMap(({ flag, sets }) => {
      const text = given[flag.slice(2)];
      return text === undefined ? [] : sets.map((option) => [option, { text, flag }]);
    }),
  );
}
