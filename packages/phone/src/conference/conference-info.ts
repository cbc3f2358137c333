import { numberOfUri } from '../call/forwarded.ts';
import { elementsOf, isPlainXml, plain } from '../elsewhere/xml.ts';
import type { ConferenceMember } from '../state.ts';

/**
 * Reads who is in a conference from a conference-info document (RFC 4575 §5) that has everybody; undefined when it is none.
 * `ownNumber` is that of this user.
 */
export function readConferenceInfo(
  xml: string,
  ownNumber: string | undefined,
): readonly ConferenceMember[] | undefined {
  if (!isPlainXml(xml)) return undefined;
  const [root] = elementsOf(xml, 'conference-info');
  if (root === undefined || root.attributes.state === 'deleted') return undefined;
  const users = elementsOf(elementsOf(root.inner, 'users')[0]?.inner ?? '', 'user');
  return users.map(({ attributes, inner }) => {
    const { entity = '' } = attributes;
    const number = numberOfUri(entity);
    const name = textOf(inner, 'display-text');
    const endpoint = elementsOf(inner, 'endpoint')[0]?.inner ?? '';
    const media = elementsOf(endpoint, 'media')[0]?.inner ?? '';
    const sinceMs = Date.parse(textOf(endpoint, 'when'));
    return {
      id: entity,
      party: { ...(number === undefined ? {} : { number }), ...(name === '' ? {} : { name }) },
      isSelf: number !== undefined && number === ownNumber,
      isHost: elementsOf(inner, 'entry').some((entry) => plain(entry.inner).trim() === 'host'),
      isHeld: textOf(endpoint, 'status') === 'on-hold',
      isMuted: textOf(media, 'status') === 'recvonly',
      ...(Number.isFinite(sinceMs) ? { sinceMs } : {}),
    };
  });
}

/** Text of the first element of that name. */
function textOf(xml: string, name: string): string {
  return plain(elementsOf(xml, name)[0]?.inner ?? '').trim();
}
