/** Writes Kamailio's configuration for the parts it plays in tests and benches. */

export interface KamailioConfig {
  readonly address: string;
  readonly port: number;
  /** 0 leaves TLS out. */
  readonly tlsPort: number;
  readonly certificates?: { readonly caFile: string; readonly certificateFile: string; readonly keyFile: string };
  readonly realm: string;
  /** Passwords by user. With none, nobody is asked for credentials. */
  readonly accounts: Readonly<Record<string, string>>;
  /** UDP workers for every address listened on. */
  readonly children: number;
  readonly part: KamailioPart;
}

/**
 * - `registrar`: phones register and call each other, all contacts of a user ring at once; calls for others go to
 *   `elsewhere` (host:port) or are answered 404.
 * - `proxy`: every call goes to `destination`, transaction-stateful, with Record-Route.
 * - `trunk`: a provider. Calls that arrive at its port come from the customer, by address (`customer`, host:port) or with
 *   digest when there are accounts, and go to `network` (host:port). Calls that arrive at `networkPort` go to the
 *   customer: to the contact registered for `customerAccount`, or to `customer`.
 */
export type KamailioPart =
  | { readonly role: 'registrar'; readonly elsewhere?: string; readonly authenticateCalls?: boolean }
  | { readonly role: 'proxy'; readonly destination: string }
  | {
      readonly role: 'trunk';
      readonly network: string;
      readonly networkPort: number;
      readonly customer?: string;
      readonly customerAccount?: string;
      /** Whether the called number replaces the user of the registered contact in the Request-URI. */
      readonly numberInRequestUri?: boolean;
    };

const MODULES = [
  ...['kex', 'corex', 'tm', 'tmx', 'sl', 'rr', 'pv', 'maxfwd', 'usrloc', 'registrar'],
  ...['textops', 'siputils', 'htable', 'auth', 'xlog', 'nathelper'],
];

/** Connections of phones are used again (RFC 5923): their contacts are answered where they came from. */
const replyRoute = [
  'onreply_route {',
  '  if (proto != UDP && is_method("INVITE|SUBSCRIBE")) add_contact_alias();',
  '}',
];

export function kamailioConfig(config: KamailioConfig): string {
  return [
    '#!KAMAILIO',
    ...globalLines(config),
    ...moduleLines(config),
    ...accountLines(config),
    ...requestRoute(config),
    ...authenticationRoutes(config),
    ...callRoute(config),
    'route[RELAY] {\n  if (!t_relay()) sl_reply_error();\n  exit;\n}',
    ...replyRoute,
    '',
  ].join('\n');
}

function globalLines(config: KamailioConfig): string[] {
  const { address, port, tlsPort, part } = config;
  return [
    'debug=0',
    'log_stderror=yes',
    `children=${config.children}`,
    'tcp_children=1',
    'auto_aliases=no',
    'dns=no',
    'rev_dns=no',
    'server_signature=no',
    `listen=udp:${address}:${port}`,
    `listen=tcp:${address}:${port}`,
    ...(tlsPort === 0 ? [] : ['enable_tls=yes', `listen=tls:${address}:${tlsPort}`]),
    ...(part.role === 'trunk' ? [`listen=udp:${address}:${part.networkPort}`] : []),
  ];
}

function moduleLines(config: KamailioConfig): string[] {
  const { certificates } = config;
  const tls = config.tlsPort === 0 || certificates === undefined ? undefined : certificates;
  return [
    ...MODULES.map((name) => `loadmodule "${name}.so"`),
    'modparam("usrloc", "db_mode", 0)',
    'modparam("usrloc", "hash_size", 12)',
    'modparam("registrar", "max_expires", 3600)',
    'modparam("registrar", "min_expires", 5)',
    'modparam("registrar", "max_contacts", 10)',
    // A phone that is given a GRUU (Linphone) takes it as its Contact, and this route does not resolve those.
    'modparam("registrar", "gruu_enabled", 0)',
    'modparam("nathelper|registrar", "received_avp", "$avp(i:80)")',
    'modparam("auth", "nonce_expire", 300)',
    'modparam("rr", "enable_full_lr", 1)',
    'modparam("htable", "htable", "account=>size=12;")',
    ...(tls === undefined
      ? []
      : [
          'loadmodule "tls.so"',
          `modparam("tls", "certificate", "${tls.certificateFile}")`,
          `modparam("tls", "private_key", "${tls.keyFile}")`,
          `modparam("tls", "ca_list", "${tls.caFile}")`,
          'modparam("tls", "tls_method", "TLSv1.2+")',
          'modparam("tls", "verify_certificate", 0)',
          'modparam("tls", "require_certificate", 0)',
        ]),
  ];
}

/** Accounts are set one by one at start: this build of Kamailio has no text database for them. */
function accountLines(config: KamailioConfig): string[] {
  const accounts = Object.entries(config.accounts);
  if (accounts.length === 0) return [];
  const lines = accounts.map(([user, password]) => `  $sht(account=>${user}) = "${password}";`);
  return ['event_route[htable:mod-init] {', ...lines, '}'];
}

function requestRoute(config: KamailioConfig): string[] {
  const authenticate = Object.keys(config.accounts).length > 0;
  return [
    'request_route {',
    '  if (!mf_process_maxfwd_header("70")) { sl_send_reply("483", "Too Many Hops"); exit; }',
    '  if (is_method("OPTIONS") && !has_totag() && uri==myself) { sl_send_reply("200", "OK"); exit; }',
    '  if (is_method("CANCEL")) { if (t_check_trans()) route(RELAY); exit; }',
    '  if (proto != UDP && is_method("INVITE|SUBSCRIBE")) add_contact_alias();',
    '  if (has_totag()) {',
    '    if (loose_route()) { handle_ruri_alias(); route(RELAY); }',
    '    if (is_method("ACK") && t_check_trans()) route(RELAY);',
    '    if (is_method("ACK")) exit;',
    '    sl_send_reply("481", "Call/Transaction Does Not Exist");',
    '    exit;',
    '  }',
    '  if (is_method("ACK")) exit;',
    '  t_check_trans();',
    '  if (is_method("REGISTER")) {',
    ...(authenticate ? ['    route(AUTHENTICATE_REGISTER);'] : []),
    '    if (proto != UDP) fix_nated_register();',
    '    if (!save("location")) sl_reply_error();',
    '    exit;',
    '  }',
    '  if (is_method("INVITE|SUBSCRIBE")) record_route();',
    '  route(CALL);',
    '}',
  ];
}

function authenticationRoutes(config: KamailioConfig): string[] {
  if (Object.keys(config.accounts).length === 0) return [];
  const { realm } = config;
  const unknown = '$sht(account=>$au) == $null';
  return [
    'route[AUTHENTICATE_REGISTER] {',
    `  if (${unknown} || !pv_www_authenticate("${realm}", "$sht(account=>$au)", "0")) {`,
    `    www_challenge("${realm}", "1");`,
    '    exit;',
    '  }',
    '  if ($au != $tU) { sl_send_reply("403", "Forbidden"); exit; }',
    '}',
    'route[AUTHENTICATE_CALL] {',
    `  if (${unknown} || !pv_proxy_authenticate("${realm}", "$sht(account=>$au)", "0")) {`,
    `    proxy_challenge("${realm}", "1");`,
    '    exit;',
    '  }',
    '  consume_credentials();',
    '}',
  ];
}

function callRoute(config: KamailioConfig): string[] {
  const authenticate = Object.keys(config.accounts).length > 0;
  return ['route[CALL] {', ...callSteps(config.part, authenticate).map((line) => `  ${line}`), '}'];
}

function callSteps(part: KamailioPart, authenticate: boolean): string[] {
  if (part.role === 'proxy') return [`$du = "sip:${part.destination}";`, 'route(RELAY);'];
  if (part.role === 'registrar') {
    const unreachable = 'sl_send_reply("480", "Temporarily Unavailable"); exit;';
    const elsewhere = part.elsewhere === undefined ? unreachable : `$du = "sip:${part.elsewhere}";`;
    return [
      ...(part.authenticateCalls && authenticate ? ['route(AUTHENTICATE_CALL);'] : []),
      `if (!lookup("location")) { ${elsewhere} }`,
      'route(RELAY);',
    ];
  }
  return trunkSteps(part, authenticate);
}

function trunkSteps(part: KamailioPart & { role: 'trunk' }, authenticate: boolean): string[] {
  const foreign = part.customer === undefined ? 'false' : `$si + ":" + $sp != "${part.customer}"`;
  const admit = authenticate
    ? 'route(AUTHENTICATE_CALL);'
    : `if (${foreign}) { sl_send_reply("403", "Forbidden"); exit; }`;
  return [
    `if ($Rp == ${part.networkPort}) {`,
    ...customerSteps(part).map((line) => `  ${line}`),
    '  route(RELAY);',
    '}',
    admit,
    `$du = "sip:${part.network}";`,
    'route(RELAY);',
  ];
}

function customerSteps(part: KamailioPart & { role: 'trunk' }): string[] {
  if (part.customerAccount === undefined) return [`$du = "sip:${part.customer}";`];
  return [
    '$var(number) = $rU;',
    `$rU = "${part.customerAccount}";`,
    'if (!lookup("location")) { sl_send_reply("480", "Temporarily Unavailable"); exit; }',
    ...(part.numberInRequestUri ? ['$rU = $var(number);'] : []),
  ];
}
