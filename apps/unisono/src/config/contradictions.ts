import type { Contradiction } from '@unisono/platform';
import type { Settings } from './schema.ts';

/** What is wrong with settings that are right one by one. */
export function contradictions(settings: Settings): Contradiction[] {
  return [
    ...halfCertificates(settings),
    ...sharedPorts(settings),
    ...crossedTimes(settings),
    ...halfTurn(settings),
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

function halfCloud({ assistant: { connector, key, proxy } }: Settings): Contradiction[] {
  if (connector !== undefined && key === undefined) {
    const right = 'an API key of the tenant for this phone system, as assistant.key';
    return [{ path: ['assistant', 'connector'], wrong: 'has no key beside it', right }];
  }
  if (proxy.username !== undefined && proxy.url === undefined) {
    return [
      { path: ['assistant', 'proxy', 'username'], wrong: 'has no proxy', right: 'assistant.proxy.url beside it' },
    ];
  }
  return [];
}

/** UDP shares its numbers with nobody; the others are all TCP ports. */
function sharedPorts({ sip, listen }: Settings): Contradiction[] {
  const streams = (['tcp', 'tls', 'ws', 'wss'] as const).flatMap((name) =>
    sip[name].flatMap(({ address, port }) =>
      (address === undefined ? listen : [address]).map((on) => ({ name, port, place: `port ${port} on ${on}` })),
    ),
  );
  return streams.flatMap(({ name, port, place }, index) => {
    const other = streams.slice(0, index).find((earlier) => earlier.place === place);
    if (port === 0 || other === undefined) return [];
    return [{ path: ['sip', name], wrong: `${place} is the one of sip.${other.name}`, right: 'a port of its own' }];
  });
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
