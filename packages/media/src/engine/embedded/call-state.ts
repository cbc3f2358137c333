import type { MediaKey } from '../engine.ts';
import type { CallState, Pair, Party } from './party.ts';

/** The party with that id; a bug of ours when there is none. */
export function partyOf(call: CallState, id: number): Party {
  const party = call.parties.find((candidate) => candidate.id === id);
  if (!party) throw new Error(`party ${id} is not in the call`);
  return party;
}

export function withParty(call: CallState, party: Party): CallState {
  const isNew = !call.parties.some(({ id }) => id === party.id);
  const parties = isNew
    ? [...call.parties, party]
    : call.parties.map((other) => (other.id === party.id ? party : other));
  return { ...call, parties, nextId: Math.max(call.nextId, party.id + 1) };
}

export function withPair(call: CallState, pair: Pair): CallState {
  const isSame = (other: Pair) => other.callerId === pair.callerId && other.calleeId === pair.calleeId;
  const isNew = !call.pairs.some(isSame);
  return { ...call, pairs: isNew ? [...call.pairs, pair] : call.pairs.map((other) => (isSame(other) ? pair : other)) };
}

/**
 * The pair an exchange belongs to. With a To tag it is the session of both tags, whichever of them offers now. A branch
 * that has no tag yet is known by `viaBranch`; and by it also when another tag comes: a proxy further on has forked, and
 * the branch speaks for whoever answered last.
 */
export function findPair(call: CallState, key: MediaKey): Pair | undefined {
  const { fromTag, toTag, viaBranch } = key;
  const tagsOf = (pair: Pair) => [partyOf(call, pair.callerId).tag, partyOf(call, pair.calleeId).tag];
  if (toTag !== undefined) {
    const session = call.pairs.find((pair) => {
      const tags = tagsOf(pair);
      return tags.includes(fromTag) && tags.includes(toTag);
    });
    if (session) return session;
  }
  const ofCaller = call.pairs.filter((pair) => partyOf(call, pair.callerId).tag === fromTag);
  if (viaBranch !== undefined) return ofCaller.find((pair) => partyOf(call, pair.calleeId).viaBranch === viaBranch);
  const untagged = ofCaller.filter((pair) => partyOf(call, pair.calleeId).tag === undefined);
  if (toTag !== undefined) return untagged.length === 1 ? untagged[0] : undefined;
  return untagged.find((pair) => partyOf(call, pair.calleeId).viaBranch === undefined);
}

/**
 * As `findPair`, for an answer. Where branches are not named, another To tag to the one offer is another fork further on
 * (RFC 3261 §12.1.2): the pair speaks for whoever answered last.
 */
export function findAnsweredPair(call: CallState, key: MediaKey): Pair | undefined {
  const known = findPair(call, key);
  if (known || key.viaBranch !== undefined) return known;
  const open = call.pairs.filter(
    (pair) => pair.pending?.offererId === pair.callerId && partyOf(call, pair.callerId).tag === key.fromTag,
  );
  return open.length === 1 ? open[0] : undefined;
}

/** The party of a tag, if it is known. */
export function findParty(call: CallState, tag: string): Party | undefined {
  return call.parties.find((party) => party.tag === tag);
}

/** The call without the answerers a key names, and without whoever is left alone. */
export function withoutBranch(call: CallState, { fromTag, toTag, viaBranch }: Partial<MediaKey>): CallState {
  const isNamed = (party: Party) =>
    (viaBranch === undefined || party.viaBranch === viaBranch) && (toTag === undefined || party.tag === toTag);
  const pairs = call.pairs.filter((pair) => {
    const [caller, callee] = [partyOf(call, pair.callerId), partyOf(call, pair.calleeId)];
    if (isNamed(callee) && (fromTag === undefined || caller.tag === fromTag)) return false;
    // Whoever was called may say goodbye as well: then the tags are the other way round.
    return !(viaBranch === undefined && toTag !== undefined && caller.tag === toTag && callee.tag === fromTag);
  });
  const used = new Set(pairs.flatMap(({ callerId, calleeId }) => [callerId, calleeId]));
  return { ...call, pairs, parties: call.parties.filter(({ id }) => used.has(id)) };
}
