import type { Contradiction } from '@unisono/platform';
import type { ListenPoint } from './listen-points.ts';
import type { Settings } from './schema.ts';

/** What is wrong with settings that are right one by one. */
export function contradictions(settings: Settings): Contradiction[] {
  return [
    ...halfCertificates(settings),
    ...sharedPorts(settings),
    ...sharedMediaPorts(settings),
    ...crossedTimes(settings),
    ...halfTurn(settings),
    ...crossedCertificates(settings),
    ...halfCloud(settings),
  ];
}

function halfCertificates({ tls }: Settings): Contradiction[] {
  const right = 'both tls.certificate and tls.key, or neither of them';
  if (tls.certificate !== undefined && tls.key === undefined) {
    return [{ path: ['tls', 'certificate'], wrong: 'has no key beside it', right }];
  }
  if (tls.key !== undefined && tls.certificate === undefined) {
    return [{ path: ['tls', 'key'], wrong: 'has no certificate beside it', right }];
  }
  if (tls.clientCertificates !== 'off' && tls.ca === undefined) {
    const wrong = `is ${tls.clientCertificates}, and no authority is named that the certificates could be checked against`;
    return [{ path: ['tls', 'clientCertificates'], wrong, right: 'off, or tls.ca beside it' }];
  }
  return [];
}

function halfTurn({ turn }: Settings): Contradiction[] {
  const right = 'both turn.urls and turn.secret, or neither of them';
  if (turn.urls.length > 0 && turn.secret === undefined) {
    return [{ path: ['turn', 'urls'], wrong: 'has no secret beside it', right }];
  }
  if (turn.secret !== undefined && turn.urls.length === 0) {
    return [{ path: ['turn', 'secret'], wrong: 'has no URLs beside it', right }];
  }
  return [];
}

function halfCloud({ assistant: { connector, key, directoryKey, proxy } }: Settings): Contradiction[] {
  if (connector !== undefined && key === undefined) {
    const right = 'an API key of the tenant for this phone system, as assistant.key';
    return [{ path: ['assistant', 'connector'], wrong: 'has no key beside it', right }];
  }
  if (directoryKey !== undefined && connector === undefined) {
    const wrong = 'has no Connector beside it';
    return [{ path: ['assistant', 'directoryKey'], wrong, right: 'assistant.connector and assistant.key beside it' }];
  }
  if (proxy.username !== undefined && proxy.url === undefined) {
    return [
      { path: ['assistant', 'proxy', 'username'], wrong: 'has no proxy', right: 'assistant.proxy.url beside it' },
    ];
  }
  return [];
}

function crossedCertificates({ tls, sbc }: Settings): Contradiction[] {
  const path = ['tls', 'acme', 'directory'];
  if (tls.acme.directory === undefined) return [];
  if (tls.certificate !== undefined) {
    return [{ path, wrong: 'stands beside tls.certificate', right: 'one of the two' }];
  }
  if (sbc.names.length > 0) return [];
  return [{ path, wrong: 'has no names to get a certificate for', right: 'sbc.names beside it' }];
}

/** UDP shares its numbers with nobody; the others are all TCP ports. */
function sharedPorts({ sip, sbc, assistant, connector, listen }: Settings): Contradiction[] {
  const streams = [
    ...(['tcp', 'tls', 'ws', 'wss'] as const).flatMap((name) => placesOf(['sip', name], sip[name], listen)),
    ...(['tcp', 'tls', 'wss'] as const).flatMap((name) => placesOf(['sbc', name], sbc[name], sbc.listen ?? listen)),
    ...placesOf(['assistant', 'listen'], assistant.listen, listen),
    ...placesOf(['connector', 'listen'], connector.listen, listen),
  ];
  return streams.flatMap(({ path, port, place }, index) => {
    const other = streams.slice(0, index).find((earlier) => earlier.place === place);
    if (port === 0 || other === undefined) return [];
    return [{ path, wrong: `${place} is the one of ${other.path.join('.')}`, right: 'a port of its own' }];
  });
}

function placesOf(path: string[], points: readonly ListenPoint[], listen: readonly string[]) {
  return points.flatMap(({ address, port }) =>
    (address === undefined ? listen : [address]).map((on) => ({ path, port, place: `port ${port} on ${on}` })),
  );
}

/** Media of one address has to share out its ports. */
function sharedMediaPorts({ rtp, sbc, listen }: Settings): Contradiction[] {
  const [first] = listen;
  const ranges = [
    { path: ['rtp', 'ports'], on: rtp.address ?? first, ports: rtp.ports },
    {
      path: ['sbc', 'media', 'outside', 'ports'],
      on: sbc.media.outside.address ?? sbc.listen?.[0] ?? first,
      ports: sbc.media.outside.ports,
    },
    { path: ['sbc', 'media', 'inside', 'ports'], on: sbc.media.inside.address ?? first, ports: sbc.media.inside.ports },
  ];
  return ranges.flatMap(({ path, on, ports }, index) => {
    const other = ranges.slice(0, index).find((one) => one.on === on && overlap(one.ports, ports));
    if (other === undefined) return [];
    const wrong = `is ${ports.first}-${ports.last}, which overlaps ${other.path.join('.')} on ${on}`;
    return [{ path, wrong, right: 'a range of its own' }];
  });
}

interface Range {
  readonly first: number;
  readonly last: number;
}

function overlap(a: Range, b: Range): boolean {
  return a.first <= b.last && b.first <= a.last;
}

function crossedTimes({ registration, sessionTimer }: Settings): Contradiction[] {
  const found: Contradiction[] = [];
  const { expiresSec, minExpiresSec, maxExpiresSec } = registration;
  if (expiresSec < minExpiresSec || expiresSec > maxExpiresSec) {
    const wrong = `is ${expiresSec}, which is not from ${minExpiresSec} to ${maxExpiresSec}`;
    found.push({ path: ['registration', 'expiresSec'], wrong, right: 'a time from minExpiresSec to maxExpiresSec' });
  }
  if (sessionTimer.expiresSec < sessionTimer.minExpiresSec) {
    const wrong = `is ${sessionTimer.expiresSec}, which is less than minExpiresSec`;
    found.push({ path: ['sessionTimer', 'expiresSec'], wrong, right: `at least ${sessionTimer.minExpiresSec}` });
  }
  return found;
}
