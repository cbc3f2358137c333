import { encodeUtf8, escapeUser } from '@unisono/sip';
import { xmlText } from '../events/xml-text.ts';
import { type Focus, MAX_PARTIES, type Member } from './focus.ts';
import { isAmbiguous, MEMBER_PARAMETER, userOf } from './removal.ts';

/** A `conference-info` document (RFC 4575 §5) with everybody who is in. */
export function printConferenceInfo(focus: Focus, version: number, domain: string): string {
  const { members } = focus;
  const entity = `sip:${focus.user}@${domain}`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<conference-info xmlns="urn:ietf:params:xml:ns:conference-info" entity="${xmlText(entity)}" state="full" version="${version}">`,
    `<conference-description><display-text>${xmlText(focus.party.name)}</display-text>` +
      `<maximum-user-count>${MAX_PARTIES}</maximum-user-count></conference-description>`,
    `<conference-state><user-count>${members.length}</user-count><active>true</active></conference-state>`,
    '<users>',
    ...hosts(focus).map(({ member, isHost }) => user(member, isHost, members, domain)),
    '</users>',
    '</conference-info>',
    '',
  ].join('\n');
}

/** One alone is the host, also when the same station is in twice. */
function hosts(focus: Focus): { readonly member: Member; readonly isHost: boolean }[] {
  const host = focus.members.find(({ party }) => party.station === focus.station);
  return focus.members.map((member) => ({ member, isHost: member === host }));
}

function user(member: Member, isHost: boolean, members: readonly Member[], domain: string): string {
  const { party, sinceMs, id } = member;
  const which = isAmbiguous(member, members) ? `;${MEMBER_PARAMETER}=${id}` : '';
  const address = xmlText(`sip:${escapeUser(encodeUtf8(userOf(member)))}@${domain}${which}`);
  const { name = '' } = party.identity;
  return [
    `<user entity="${address}" state="full">`,
    name === '' ? '' : `<display-text>${xmlText(name)}</display-text>`,
    `<roles><entry>${isHost ? 'host' : 'participant'}</entry></roles>`,
    `<endpoint entity="${address}">`,
    `<status>${party.isHolding ? 'on-hold' : 'connected'}</status>`,
    `<joining-method>${party.hasDialledIn ? 'dialed-in' : 'dialed-out'}</joining-method>`,
    `<joining-info><when>${new Date(sinceMs).toISOString()}</when></joining-info>`,
    // As the party sees it (RFC 4575 §5.8): whoever is muted only receives.
    `<media id="1"><type>audio</type><status>${party.isMuted ? 'recvonly' : 'sendrecv'}</status></media>`,
    '</endpoint></user>',
  ].join('');
}
